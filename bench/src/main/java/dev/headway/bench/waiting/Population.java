package dev.headway.bench.waiting;

import dev.headway.bench.Forked;
import dev.headway.bench.Heap;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Measures the memory of each waiting caller, in a JVM of its own. */
public final class Population {

  /** The kinds of waiting callers. */
  enum Kind {
    ASYNC,
    BLOCKED,
    PARKED
  }

  private Population() {}

  /** The bytes per caller. */
  static double bytesEach(Kind kind, int howMany) {
    return Forked.run(Population.class, List.of("-Xmx6g"), kind, howMany)[0];
  }

  /** The bytes per caller of each class, as "bytes class", the largest first. */
  static List<String> holdings(Kind kind, int howMany) {
    return Forked.lines(Population.class, List.of("-Xmx6g"), kind, howMany, "holdings");
  }

  /** Arguments: kind, number of callers, and the requested figure if it is not the sum. */
  public static void main(String[] arguments) throws Exception {
    Kind kind = Kind.valueOf(arguments[0]);
    int howMany = Integer.parseInt(arguments[1]);
    Throttle throttle = Throttle.of("1/d");
    throttle.acquire();
    double bytes = kind == Kind.ASYNC ? async(throttle, howMany) : threads(kind, throttle, howMany);
    if (arguments.length == 2) {
      Forked.answer(bytes / howMany);
    } else {
      Forked.answer(Heap.holdings(howMany));
    }
  }

  private static long async(Throttle throttle, int howMany) {
    @Nullable CompletableFuture<?>[] futures = new CompletableFuture<?>[howMany];
    throttle.acquireAsync().cancel(false);
    long before = Heap.used();
    for (int i = 0; i < howMany; i++) {
      futures[i] = throttle.acquireAsync();
    }
    long after = Heap.used();
    requireWaiting(throttle, futures.length);
    return after - before;
  }

  private static long threads(Kind kind, Throttle throttle, int howMany)
      throws InterruptedException {
    @Nullable Thread[] threads = new Thread[howMany];
    long before = Heap.used();
    for (int i = 0; i < howMany; i++) {
      threads[i] =
          Thread.startVirtualThread(
              kind == Kind.PARKED ? LockSupport::park : () -> waitFor(throttle));
    }
    for (Thread thread : threads) {
      while (thread == null || thread.getState() != Thread.State.WAITING) {
        Thread.sleep(1);
      }
    }
    long after = Heap.used();
    requireWaiting(throttle, kind == Kind.PARKED ? 0 : threads.length);
    return after - before;
  }

  private static void waitFor(Throttle throttle) {
    try (Permit permit = throttle.acquire()) {
      throw new IllegalStateException("no caller should be granted " + permit);
    } catch (InterruptedException e) {
      throw new IllegalStateException("no thread should be interrupted", e);
    }
  }

  private static void requireWaiting(Throttle throttle, long howMany) {
    long waiting = throttle.snapshot().waiting();
    if (waiting != howMany) {
      throw new IllegalStateException(waiting + " wait rather than " + howMany);
    }
  }
}
