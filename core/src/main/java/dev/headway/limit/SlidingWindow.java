package dev.headway.limit;

import dev.headway.time.Durations;

/**
 * At most so many in any stretch of one period, wherever it is laid, and all at once if need be.
 *
 * <p>The algorithm is the sliding-window log: the instants of the last period are kept, and the
 * oldest must leave before what would exceed the rate may start. An amount that starts (or, counted
 * from the end, ends) at {@code t} counts in {@code [t, t + period)} and is gone at {@code t +
 * period}. It is exact: no approximation by buckets or by weighting two fixed windows. It holds
 * memory for what did start in the last period, 16 bytes each, and none before; what has left is
 * dropped when room is short.
 */
public final class SlidingWindow implements Limit {

  private final Rate rate;
  private final Counted counted;
  private final long permits;
  private final long period;

  /** What counts for one period from its instant on. */
  private StartLog log;

  /** What has started and not ended; counts without end. Always 0 if counted from the start. */
  private long held;

  /** A window that holds at most what {@code rate} says, counted from one instant or the other. */
  public SlidingWindow(Rate rate, Counted counted) {
    this.rate = rate;
    this.counted = counted;
    this.permits = rate.permits();
    this.period = rate.period().toNanos();
    this.log = new StartLog(period);
  }

  @Override
  public long readyAt(long now, long amount) {
    if (over(amount) <= 0) {
      return now;
    }
    log.dropUntil(now - period);
    long over = over(amount);
    if (over <= 0) {
      return now;
    }
    return over > log.total() ? NEVER : Durations.later(log.instantOf(over), period);
  }

  private long over(long amount) {
    return held + log.total() + amount - permits;
  }

  @Override
  public void start(long now, long amount) {
    if (counted == Counted.FROM_START) {
      log.add(now, amount);
    } else {
      held += amount;
    }
  }

  @Override
  public void delay(long startedAt, long now, long amount) {
    if (counted == Counted.FROM_START) {
      log.change(startedAt, -amount);
      log.add(now, amount);
    }
  }

  @Override
  public void end(long startedAt, long now, long amount) {
    if (counted == Counted.FROM_END) {
      held -= amount;
      log.add(now, amount);
    }
  }

  @Override
  public void settle(long startedAt, long now, long from, long to) {
    if (counted == Counted.FROM_START) {
      log.change(startedAt, to - from);
    } else {
      held += to - from;
    }
  }

  @Override
  public long capacity() {
    return permits;
  }

  @Override
  public long available(long now) {
    log.dropUntil(now - period);
    return Math.max(0, permits - held - log.total());
  }

  @Override
  public long forecast(long now, long ahead, long amount) {
    log.dropUntil(now - period);
    long last = ahead + amount - 1;
    long over = held + log.total() + last % permits + 1 - permits;
    long inThisPeriod =
        over <= 0 ? now : Durations.later(over > log.total() ? now : log.instantOf(over), period);
    return Durations.later(Math.max(now, inThisPeriod), Durations.times(last / permits, period));
  }

  @Override
  public boolean idle(long now) {
    return available(now) == permits;
  }

  @Override
  public long periodNanos() {
    return period;
  }

  /**
   * Takes over another window's log if it remembers more. What had left that log by its own period
   * stays forgotten; what was counted from the other end of a permit counts from where it was.
   */
  @Override
  public boolean inherit(Limit former, long now) {
    if (!(former instanceof SlidingWindow window)) {
      return false;
    }
    window.log.dropUntil(now - window.period);
    StartLog other = window.log.copy(period);
    if (counted == Counted.FROM_END) {
      held = Math.max(held, window.held);
    } else if (window.held > 0) {
      other.add(now, window.held);
    }
    if (other.total() > log.total()) {
      log = other;
    }
    return counted == Counted.FROM_START || window.counted == counted;
  }

  /** What it lets through. */
  public Rate rate() {
    return rate;
  }

  /** From when it counts. */
  public Counted counted() {
    return counted;
  }

  /** The rule as text, such as {@code 100/m}. */
  @Override
  public String toString() {
    return counted == Counted.FROM_START ? rate.toString() : rate + " from end";
  }
}
