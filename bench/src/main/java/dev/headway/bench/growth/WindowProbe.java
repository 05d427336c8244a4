package dev.headway.bench.growth;

import dev.headway.bench.Forked;
import dev.headway.bench.Heap;
import dev.headway.bench.Numbers;
import dev.headway.limit.Rate;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.List;

/** What windows of a size cost and hold, in a JVM of its own. */
public final class WindowProbe {

  /**
   * @param nanos of a call that succeeds, where as many leave the window as come
   * @param emptyBytes that a window holds before its first permit
   * @param fullBytes that it holds when all its permits are taken
   */
  record Measured(double nanos, double emptyBytes, double fullBytes) {}

  /** Faster than calls can be: the window never fills, and its oldest leave all the time. */
  private static final long NANOS_A_PERMIT = 10;

  private static final int TIMES = 5;

  /** How many permits all windows hold together, at least, whose memory is measured. */
  private static final int ENOUGH = 200_000;

  private WindowProbe() {}

  static Measured measure(int permits) {
    double[] answer = Forked.run(WindowProbe.class, List.of("-Xmx4g"), permits);
    return new Measured(answer[0], answer[1], answer[2]);
  }

  /** How many permits the window has. */
  public static void main(String[] arguments) {
    int permits = Integer.parseInt(arguments[0]);
    double nanos = nanos(permits);

    Throttle[] windows = new Throttle[Math.max(1, ENOUGH / permits)];
    long before = Heap.used();
    for (int i = 0; i < windows.length; i++) {
      windows[i] = window(permits, Duration.ofDays(1));
    }
    long empty = Heap.used();
    for (Throttle window : windows) {
      for (int i = 0; i < permits; i++) {
        take(window);
      }
    }
    long full = Heap.used();
    Forked.answer(
        nanos,
        (double) (empty - before) / windows.length,
        (double) (full - before) / windows.length);
  }

  private static Throttle window(int permits, Duration period) {
    return Throttle.builder().rate(Rate.of(permits, period)).build();
  }

  private static double nanos(int permits) {
    long period = permits * NANOS_A_PERMIT;
    Throttle window = window(permits, Duration.ofNanos(period));
    time(window, Math.max(5 * period, 2_000_000_000L));
    double[] nanos = new double[TIMES];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = time(window, Math.max(2 * period, 200_000_000L));
    }
    return Numbers.median(nanos);
  }

  /** Calls for so long; the nanoseconds of one that succeeded. */
  private static double time(Throttle window, long nanos) {
    long from = System.nanoTime();
    long calls = 0;
    long took;
    do {
      for (int i = 0; i < 1_000; i++) {
        take(window);
      }
      calls += 1_000;
      took = System.nanoTime() - from;
    } while (took < nanos);
    return (double) took / calls;
  }

  private static void take(Throttle window) {
    while (window.tryAcquire().isEmpty()) {
      Thread.onSpinWait();
    }
  }
}
