package dev.headway.bench.waiting;

import dev.headway.bench.Forked;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures the cost of a grant while many wait, in a JVM of its own: one caller runs at a time, and
 * then queues again.
 */
public final class Turns {

  /** The kinds of callers. */
  enum Kind {
    /** Callers of acquireAsync. */
    ASYNC,
    /** Virtual threads that are blocked in acquire. */
    BLOCKED,
    /** Virtual threads that wait for a fair semaphore of the JDK. */
    SEMAPHORE
  }

  private static final long WARM_UP_MILLIS = 2_000;
  private static final long MEASURED_MILLIS = 2_000;

  private final Throttle throttle = Throttle.builder().concurrency(1).build();
  private final Semaphore semaphore = new Semaphore(1, true);
  private final AtomicLong turns = new AtomicLong();

  private Turns() {}

  /** The nanoseconds per grant. */
  static double nanos(Kind kind, int waiting) {
    return Forked.run(Turns.class, List.of("-Xms4g", "-Xmx4g"), kind, waiting)[0];
  }

  /** Arguments: kind, number of waiting callers. */
  public static void main(String[] arguments) throws InterruptedException {
    Forked.answer(new Turns().measure(Kind.valueOf(arguments[0]), Integer.parseInt(arguments[1])));
  }

  private double measure(Kind kind, int waiting) throws InterruptedException {
    for (int i = 0; i <= waiting; i++) {
      switch (kind) {
        case ASYNC -> stand();
        case BLOCKED -> Thread.startVirtualThread(this::takeTurns);
        case SEMAPHORE -> Thread.startVirtualThread(this::takeTurnsOfSemaphore);
      }
    }
    Thread.sleep(WARM_UP_MILLIS);
    while (turns.get() < 2L * waiting) {
      Thread.sleep(1);
    }
    long before = turns.get();
    long from = System.nanoTime();
    Thread.sleep(MEASURED_MILLIS);
    long took = System.nanoTime() - from;
    return (double) took / (turns.get() - before);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // it runs until the JVM exits
  private void stand() {
    throttle
        .acquireAsync()
        .thenAccept(permit -> {
          turns.incrementAndGet();
          stand();
          permit.close();
        });
  }

  private void takeTurns() {
    try {
      while (true) {
        try (Permit permit = throttle.acquire()) {
          turns.incrementAndGet();
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("no thread should be interrupted", e);
    }
  }

  private void takeTurnsOfSemaphore() {
    try {
      while (true) {
        semaphore.acquire();
        turns.incrementAndGet();
        semaphore.release();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("no thread should be interrupted", e);
    }
  }
}
