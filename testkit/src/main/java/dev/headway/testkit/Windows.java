package dev.headway.testkit;

import dev.headway.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;

/** Counts the instants in the fullest window, at any position. */
public final class Windows {

  private Windows() {}

  /**
   * The most instants in any half-open interval of a length: from one instant to before {@code
   * period} later.
   *
   * @param nanos instants in nanoseconds of one clock, in any order
   * @throws IllegalArgumentException if the period is not positive
   */
  public static int fullest(long[] nanos, Duration period) {
    if (!period.isPositive()) {
      throw new IllegalArgumentException("a window must be longer than 0, not " + period);
    }
    // Lengths are compared without a sign: two longs can be twice as far apart as the largest.
    boolean endless = period.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0;
    long length = endless ? -1 : period.toNanos();
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    int most = 0;
    int first = 0;
    for (int last = 0; last < sorted.length; last++) {
      while (Long.compareUnsigned(sorted[last] - sorted[first], length) >= 0) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  /**
   * The most instants in any half-open interval of a length.
   *
   * @param instants in any order
   * @throws IllegalArgumentException if the period is not positive
   */
  public static int fullest(Collection<Instant> instants, Duration period) {
    return fullest(instants.stream().mapToLong(Durations::nanos).toArray(), period);
  }
}
