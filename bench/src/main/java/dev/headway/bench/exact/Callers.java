package dev.headway.bench.exact;

import dev.headway.bench.ProcessorTime;
import dev.headway.bench.exact.Grants.Grant;
import dev.headway.bench.peers.Limiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** Virtual threads that call a limiter in a loop. */
final class Callers {

  /** The time for a caller that ignores interrupts to notice the end. */
  private static final Duration LONGEST_END = Duration.ofSeconds(30);

  private static final int MOST_TRIES = 5;

  /** The tolerated stall of the machine, in nanoseconds. */
  static final long LONGEST_STALL = 20_000_000;

  private static final long NAP = 10_000_000;

  private volatile boolean over;

  private Callers() {}

  /**
   * The grants that the callers saw.
   *
   * @param stallNanos the longest time for which the machine kept a sleeping thread from waking up
   * @param processors the share of all processors that was used, in percent
   */
  record Seen(Grants grants, long stallNanos, double processors) {}

  /**
   * Runs this many callers of a new limiter for this long, and notes their grants. If the machine
   * stalled meanwhile, it runs them again, a few times at most.
   */
  static Seen ask(Supplier<Limiter> limiters, int howMany, Duration howLong)
      throws InterruptedException {
    Seen seen = new Callers().run(limiters.get(), howMany, howLong);
    for (int i = 1; i < MOST_TRIES && seen.stallNanos > LONGEST_STALL; i++) {
      seen = new Callers().run(limiters.get(), howMany, howLong);
    }
    return seen;
  }

  private Seen run(Limiter limiter, int howMany, Duration howLong) throws InterruptedException {
    CountDownLatch begin = new CountDownLatch(1);
    List<List<Grant>> seen = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < howMany; i++) {
      List<Grant> mine = new ArrayList<>();
      seen.add(mine);
      threads.add(Thread.startVirtualThread(() -> loop(limiter, begin, mine)));
    }
    ProcessorTime used = new ProcessorTime();
    long end = System.nanoTime() + howLong.toNanos();
    begin.countDown();
    long stall = sleepUntil(end);
    double processors = used.percentOfAll();
    over = true;
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      if (!thread.join(LONGEST_END)) {
        throw new IllegalStateException("a caller of " + limiter + " does not come back");
      }
    }
    return new Seen(
        Grants.of(seen.stream().flatMap(List::stream).toList(), end), stall, processors);
  }

  /** Sleeps a little at a time; returns the longest delay. */
  private static long sleepUntil(long end) throws InterruptedException {
    long longest = 0;
    for (long now = System.nanoTime(); now - end < 0; ) {
      long wanted = Math.min(NAP, end - now);
      Thread.sleep(Duration.ofNanos(wanted));
      long woken = System.nanoTime();
      longest = Math.max(longest, woken - now - wanted);
      now = woken;
    }
    return longest;
  }

  private void loop(Limiter limiter, CountDownLatch begin, List<Grant> seen) {
    try {
      begin.await();
      while (!over) {
        long asked = System.nanoTime();
        Limiter.Held held = limiter.acquire();
        long granted = System.nanoTime();
        long closing = System.nanoTime();
        held.close();
        seen.add(new Grant(asked, granted, closing));
      }
    } catch (InterruptedException e) {
      // The end.
    }
  }
}
