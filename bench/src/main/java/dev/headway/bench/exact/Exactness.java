package dev.headway.bench.exact;

import dev.headway.bench.exact.Callers.Seen;
import dev.headway.testkit.Windows;
import java.time.Duration;

/**
 * The figures of a number of callers at a rate.
 *
 * @param fullest window of a second, in percent of the rate
 * @param share of the rate that was used, in percent
 * @param smallestGap between two grants, in percent of the interval
 * @param meanMillis of the lateness
 * @param percentile99Millis of the lateness
 * @param longestMillis of the lateness, also of a grant that was still due at the end
 * @param stallMillis the longest time for which the machine kept a sleeping thread from waking up
 * @param processors that were used, in percent of all
 */
record Exactness(
    double fullest,
    double share,
    double smallestGap,
    double meanMillis,
    double percentile99Millis,
    double longestMillis,
    double stallMillis,
    double processors) {

  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Above this load, lateness may be due to a lack of processors. */
  private static final double SATURATED = 90;

  /** Without lateness, for limiters with other rules. */
  static Exactness of(Seen seen, int perSecond, Duration howLong) {
    return of(seen, perSecond, howLong, Lateness.UNKNOWN);
  }

  static Exactness of(Seen seen, int perSecond, Duration howLong, Lateness late) {
    long[] granted = seen.grants().granted();
    double quota = perSecond * (howLong.toNanos() / 1e9);
    return new Exactness(
        100.0 * Windows.fullest(granted, SECOND) / perSecond,
        100.0 * granted.length / quota,
        100.0 * smallestGap(granted) * perSecond / SECOND.toNanos(),
        late.mean() / 1e6,
        late.percentile99() / 1e6,
        late.longest() / 1e6,
        seen.stallNanos() / 1e6,
        seen.processors());
  }

  private static long smallestGap(long[] granted) {
    long smallest = Long.MAX_VALUE;
    for (int i = 1; i < granted.length; i++) {
      smallest = Math.min(smallest, granted[i] - granted[i - 1]);
    }
    return smallest;
  }

  /** In percent of the period of a second. */
  double meanPercent() {
    return 100 * meanMillis / SECOND.toMillis();
  }

  /** The reason why its lateness does not count, if any. */
  String remark() {
    if (processors >= SATURATED) {
      return "saturated";
    }
    return stallMillis > Callers.LONGEST_STALL / 1e6 ? "stalled" : "";
  }
}
