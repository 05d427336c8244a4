package dev.headway.bench.exact;

import java.util.Arrays;
import java.util.function.IntToLongFunction;

/**
 * The time from the instant at which each grant was first allowed to the grant.
 *
 * <p>A grant is allowed as soon as its caller has asked and the rules allow it, given the grants
 * before it, both as the callers saw them. With {@code N} in a period,
 *
 * <ul>
 *   <li>a window counted from the start allows grant {@code i} one period after grant {@code i -
 *       N},
 *   <li>a window counted from the end allows it one period after the {@code i - N}-th permit was
 *       closed; a caller notes the instant before it closes, so the time of closing is part of the
 *       lateness,
 *   <li>a spacing allows it one interval after grant {@code i - 1}.
 * </ul>
 *
 * <p>A caller sees its grant a little later than the throttle made it. So a grant can come before
 * it was allowed in this sense; that counts as zero and does not offset another.
 */
final class Lateness {

  /** Lateness under other rules. */
  static final Lateness UNKNOWN = new Lateness(new long[0], 0);

  private final long[] nanos;
  private final long overdue;

  private Lateness(long[] nanos, long overdue) {
    this.nanos = nanos;
    this.overdue = overdue;
  }

  static Lateness ofWindowFromStart(Grants grants, int permits, long periodNanos) {
    return of(grants, permits, i -> grants.granted(i - permits) + periodNanos);
  }

  static Lateness ofWindowFromEnd(Grants grants, int permits, long periodNanos) {
    long[] closed = grants.closing();
    return of(grants, permits, i -> closed[i - permits] + periodNanos);
  }

  static Lateness ofSpacing(Grants grants, long intervalNanos) {
    return of(grants, 1, i -> grants.granted(i - 1) + intervalNanos);
  }

  /** With so many that no rule keeps waiting, and what rules the others. */
  private static Lateness of(Grants grants, int free, IntToLongFunction ruled) {
    long[] nanos = new long[grants.count()];
    for (int i = 0; i < nanos.length; i++) {
      long asked = grants.asked(i);
      long allowed = i < free ? asked : Math.max(asked, ruled.applyAsLong(i));
      nanos[i] = Math.max(0, grants.granted(i) - allowed);
    }
    int next = nanos.length;
    return new Lateness(
        nanos, next < free ? 0 : Math.max(0, grants.end() - ruled.applyAsLong(next)));
  }

  /** In the order of the grants, in nanoseconds, at least 0. */
  long[] nanos() {
    return nanos.clone();
  }

  /** The time for which the next grant was due when the measurement ended. */
  long overdue() {
    return overdue;
  }

  /** The mean, or 0 of none. */
  double mean() {
    return Arrays.stream(nanos).average().orElse(0);
  }

  /** The least value that at most one in a hundred exceeds, or 0 of none. */
  long percentile99() {
    if (nanos.length == 0) {
      return 0;
    }
    long[] sorted = nanos();
    Arrays.sort(sorted);
    return sorted[(int) Math.ceil(0.99 * sorted.length) - 1];
  }

  /** The longest, also of a grant that was still due. */
  long longest() {
    return Math.max(overdue, Arrays.stream(nanos).max().orElse(0));
  }
}
