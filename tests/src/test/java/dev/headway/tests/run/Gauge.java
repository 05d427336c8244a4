package dev.headway.tests.run;

import dev.headway.Task;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what is under way, and how much of it was at most. */
public final class Gauge {

  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger all = new AtomicInteger();

  public int now() {
    return now.get();
  }

  public int most() {
    return most.get();
  }

  /** How many have begun. */
  public int all() {
    return all.get();
  }

  public <T, R> Task<T, R> around(Task<T, R> task) {
    return item -> {
      all.incrementAndGet();
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      try {
        return task.run(item);
      } finally {
        now.decrementAndGet();
      }
    };
  }
}
