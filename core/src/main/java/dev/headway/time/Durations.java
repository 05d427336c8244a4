package dev.headway.time;

import java.time.Duration;
import java.time.Instant;

/**
 * Durations and instants as nanoseconds, which end at the largest number instead of overflowing.
 */
public final class Durations {

  private static final Duration MOST = Duration.ofNanos(Long.MAX_VALUE);
  private static final Duration LEAST = Duration.ofNanos(Long.MIN_VALUE);

  private Durations() {}

  /** A duration's nanoseconds; the largest or smallest number if they are beyond it. */
  public static long nanos(Duration duration) {
    if (duration.compareTo(MOST) >= 0) {
      return Long.MAX_VALUE;
    }
    return duration.compareTo(LEAST) <= 0 ? Long.MIN_VALUE : duration.toNanos();
  }

  /** The nanoseconds since 1970; the largest or smallest number if they are beyond it. */
  public static long nanos(Instant instant) {
    return nanos(Duration.between(Instant.EPOCH, instant));
  }

  /**
   * The instant that is so much later than another: the same for a duration that is not positive,
   * and {@link TimeSource#NEVER} where it is beyond all instants.
   */
  public static long after(long instant, Duration duration) {
    return plus(instant, Math.max(0, nanos(duration)));
  }

  /** A sum; the largest or smallest number if it is beyond it. */
  public static long plus(long a, long b) {
    long sum = a + b;
    // Both have the sign that the sum has not.
    boolean overflows = ((a ^ sum) & (b ^ sum)) < 0;
    return overflows ? a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE : sum;
  }

  /** A difference; the largest or smallest number if it is beyond it. */
  public static long minus(long a, long b) {
    long difference = a - b;
    boolean overflows = ((a ^ b) & (a ^ difference)) < 0;
    return overflows ? a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE : difference;
  }
}
