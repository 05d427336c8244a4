package dev.headway.bench.growth;

import dev.headway.bench.Forked;
import dev.headway.bench.Heap;
import dev.headway.bench.Numbers;
import dev.headway.limit.Rate;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.List;

/** Measures the time and memory of windows of a size, in a JVM of its own. */
public final class WindowProbe {

  /**
   * @param nanos of a call that succeeds, while as many starts leave the window as enter
   * @param emptyBytes of a window before its first permit
   * @param fullBytes of a window whose permits are all taken
   */
  record Measured(double nanos, double emptyBytes, double fullBytes) {}

  /**
   * A rate above the speed of calls: the window never fills, and its oldest starts leave all the
   * time.
   */
  private static final long NANOS_A_PERMIT = 10;

  private static final int TIMES = 5;

  /** The least number of permits in all windows together whose memory is measured. */
  private static final int ENOUGH = 200_000;

  private WindowProbe() {}

  static Measured measure(int permits) {
    double[] answer = Forked.run(WindowProbe.class, List.of("-Xmx4g"), permits);
    return new Measured(answer[0], answer[1], answer[2]);
  }

  /** Argument: the permits of the window. */
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

  /** Calls for this long; returns the nanoseconds of a call that succeeded. */
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
