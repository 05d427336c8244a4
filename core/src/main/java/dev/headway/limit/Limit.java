package dev.headway.limit;

/**
 * One rule that says when work may start. Implement it to add a rule of your own.
 *
 * <p>A limit is a small state machine. Each method gets the time, in nanoseconds that never go
 * back. A limit reads no clock, takes no lock, starts no thread and never waits; a throttle calls
 * it from one thread at a time, under a lock, so its methods must take nanoseconds. {@link
 * #readyAt}, {@link #start} and {@link #end} are the rule; the defaults of the other methods are
 * right for any rule.
 *
 * <p>Amounts are at least 1, except in {@link #settle}.
 */
public interface Limit {

  /** An instant that never comes: the amount can start only after running work has ended. */
  long NEVER = Long.MAX_VALUE;

  /**
   * The earliest instant at which {@code amount} may start, given the starts and ends so far:
   * {@code now} or before for at once, {@link #NEVER} if running work has to end first.
   */
  long readyAt(long now, long amount);

  /** Takes {@code amount} at {@code now}. Called only if {@link #readyAt} allows it. */
  void start(long now, long amount);

  /** Called when {@code amount}, started at {@code startedAt}, has ended at {@code now}. */
  void end(long startedAt, long now, long amount);

  /**
   * Moves a start from {@code startedAt} to {@code now}: a waiting caller is granted its permit
   * before it wakes, and resumes only now. By default nothing changes.
   */
  default void delay(long startedAt, long now, long amount) {}

  /**
   * Corrects the amount of a start that has not ended; either amount may be 0. By default an
   * increase counts as started now, and a decrease as ended now.
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
   * Corrects, as {@link #settle}, an amount that has arrived. Called only if the limit {@linkplain
   * #endsOnArrival ends on arrival}. By default an increase counts as started and arrived now, and
   * a decrease changes nothing.
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
   * An instant before which {@code amount} cannot start behind {@code ahead}, as late as the rule
   * can tell. It assumes that work ends as soon as it starts.
   */
  default long forecast(long now, long ahead, long amount) {
    long ready = readyAt(now, amount);
    return ready == NEVER ? now : ready;
  }

  /** Whether the limit is in the same state as a new one. */
  default boolean idle(long now) {
    return false;
  }

  /** The period of the rule, in nanoseconds; 0 if it has none. */
  default long periodNanos() {
    return 0;
  }

  /**
   * Takes over the state of a limit that this one replaces, if it is stricter than the state taken
   * over so far. The former limit does not change, since several may take over from it.
   *
   * @return whether running work is now counted here; if no former limit returns true, the throttle
   *     starts the open permits here
   */
  default boolean inherit(Limit former, long now) {
    return false;
  }
}
