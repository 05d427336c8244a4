package dev.headway.limit;

/**
 * One rule that says when work may start. Implement it to add a rule of your own.
 *
 * <p>A limit is a small state machine that is handed the time, in nanoseconds that never go back.
 * It reads no clock, takes no lock, starts no thread and never waits; a throttle calls it from one
 * thread at a time, for nanoseconds at a time. {@link #readyAt}, {@link #start} and {@link #end}
 * are the rule; the other methods say more about it and have answers that hold for any rule.
 *
 * <p>Amounts are at least 1, except in {@link #settle}.
 */
public interface Limit {

  /** The instant that does not come by itself: only the end of something running can tell. */
  long NEVER = Long.MAX_VALUE;

  /**
   * The earliest instant at which {@code amount} may start, given what has started and ended so
   * far: {@code now} or before means at once, {@link #NEVER} that only an end can tell.
   */
  long readyAt(long now, long amount);

  /** Takes {@code amount} at {@code now}. Called only if {@link #readyAt} allows it. */
  void start(long now, long amount);

  /** Hears that {@code amount}, started at {@code startedAt}, has ended at {@code now}. */
  void end(long startedAt, long now, long amount);

  /**
   * What was started at {@code startedAt} goes on only now: a caller that waits is granted its
   * permit before it wakes. A rule that counts starts by their instants moves this one; for others
   * there is nothing to do.
   */
  default void delay(long startedAt, long now, long amount) {}

  /**
   * Hears that what started at {@code startedAt} as {@code from}, and has not ended, takes {@code
   * to} in fact; either may be 0. Unless a rule can do better, what is more counts as started now,
   * and what is less as ended now.
   */
  default void settle(long startedAt, long now, long from, long to) {
    if (to > from) {
      start(now, to - from);
    } else if (to < from) {
      end(startedAt, now, from - to);
    }
  }

  /**
   * Whether work ends for this limit when it has arrived at a server. If so, {@link #end} is called
   * once for each start, at the earlier of the arrival and the end.
   */
  default boolean endsOnArrival() {
    return false;
  }

  /**
   * Hears, as {@link #settle}, that an amount takes {@code to} in fact that has already arrived.
   * Called only if the limit {@linkplain #endsOnArrival ends on arrival}. Unless a rule can do
   * better, a larger amount counts as started and arrived now, and a smaller one changes nothing.
   *
   * @param arrivedAt the {@code now} of the call of {@link #end}
   */
  default void settleArrived(long startedAt, long arrivedAt, long now, long from, long to) {
    if (to > from) {
      start(now, to - from);
      end(now, now, to - from);
    }
  }

  /** The largest amount that could ever start. */
  default long capacity() {
    return Long.MAX_VALUE;
  }

  /** The largest amount that could start at {@code now}; where that has no bound, 1. */
  default long available(long now) {
    long low = 0;
    long high = capacity() == Long.MAX_VALUE ? 1 : capacity();
    while (low < high) {
      long middle = high - (high - low) / 2;
      if (readyAt(now, middle) <= now) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /**
   * An instant before which {@code amount} cannot start if {@code ahead} must start first; as late
   * as the rule can tell, were everything to end as soon as it starts.
   */
  default long forecast(long now, long ahead, long amount) {
    long ready = readyAt(now, amount);
    return ready == NEVER ? now : ready;
  }

  /** Whether nothing is remembered at {@code now} that could ever delay a start. */
  default boolean idle(long now) {
    return false;
  }

  /** The time over which the rule counts, in nanoseconds; 0 if it counts over none. */
  default long periodNanos() {
    return 0;
  }

  /**
   * Takes over what {@code former}, a limit that this one replaces, remembers, in so far as that is
   * stricter than what this one has taken over from others. The former is left as it is: several
   * may come to take over from it.
   *
   * @return whether what is running is counted here now; if no former limit makes it so, it is
   *     started here at {@code now}
   */
  default boolean inherit(Limit former, long now) {
    return false;
  }
}
