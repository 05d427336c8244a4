package dev.headway.bench.costs;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The least that a limiter can do: read the time and record the call. */
@State(Scope.Benchmark)
public class Floors {

  private static final VarHandle LAST;

  static {
    try {
      LAST = MethodHandles.lookup().findVarHandle(Floors.class, "last", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("UnusedVariable") // it is set through LAST
  private volatile long last;

  /** The time alone. */
  @Benchmark
  public long nanoTime() {
    return System.nanoTime();
  }

  /**
   * The time, and one compareAndSet that succeeds unless another thread was faster. Counted like
   * the calls of limiters, so that all have the same bookkeeping.
   */
  @Benchmark
  public boolean nanoTimeAndSet(Refused refused) {
    long now = System.nanoTime();
    boolean set = LAST.compareAndSet(this, last, now);
    return refused.unless(true) && set;
  }
}
