package dev.headway.limit;

import dev.headway.time.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * At most so many permits in any period, at any position. They may all start at once.
 *
 * <p>The algorithm is the sliding-window log: it keeps the instants of the last period, and an
 * amount that would exceed the rate has to wait until enough old ones have left. An amount that
 * starts (or, counted from the end, ends) at {@code t} counts in {@code [t, t + period)}. The
 * window is exact: nothing is approximated by buckets or by weighting two fixed windows. It takes
 * 16 bytes per start of the last period.
 *
 * <p>Counted on arrival, an amount goes through two logs. From its start {@code s} it is in
 * transit, in a log ordered by starts, and counts without end. At the earlier of its arrival (or
 * end) and {@code s + bound} it moves to the log of instants that count for one period. An arrival
 * is reported by {@link #end}, since this limit {@linkplain #endsOnArrival ends on arrival}. Every
 * method first moves the amounts whose bound has passed, with the instant {@code s + bound}, even
 * if the call comes later. So amounts in transit arrive after all others, and both logs stay
 * sorted.
 */
public final class SlidingWindow implements Limit {

  /** Longer than any bound, and far from where instants overflow. */
  private static final long NEVER_DROPPED = Long.MAX_VALUE / 2;

  private final Rate rate;
  private final Counted counted;
  private final boolean fromStart;
  private final long permits;
  private final long period;
  private final long bound;

  /** Amounts that count for one period from their instant on. */
  private TimestampLog log;

  /** Amounts that have started and not arrived, by their starts; null unless counted on arrival. */
  private @Nullable TimestampLog inTransit;

  /** Amounts that have started and not ended; 0 unless counted from the end. */
  private long held;

  /** A window of {@code rate}. */
  public SlidingWindow(Rate rate, Counted counted) {
    this.rate = rate;
    this.counted = counted;
    this.fromStart = counted.equals(Counted.FROM_START);
    this.permits = rate.permits();
    this.period = rate.period().toNanos();
    this.bound = Durations.nanos(counted.bound().orElse(Duration.ZERO));
    this.log = new TimestampLog(period);
    this.inTransit = bound == 0 ? null : new TimestampLog(NEVER_DROPPED);
  }

  @Override
  public long readyAt(long now, long amount) {
    arriveInTime(now);
    if (over(amount) <= 0) {
      return now;
    }
    log.dropUntil(now - period);
    long over = over(amount);
    if (over <= 0) {
      return now;
    }
    return over <= log.total() ? leaves(over) : afterTransit(over - log.total());
  }

  /** When {@code amount} of the log has left. */
  private long leaves(long amount) {
    return Durations.later(log.instantOf(amount), period);
  }

  /** When all of the log and {@code amount} in transit have left. */
  private long afterTransit(long amount) {
    TimestampLog transit = inTransit;
    return transit == null || amount > transit.total()
        ? NEVER
        : Durations.later(Durations.later(transit.instantOf(amount), bound), period);
  }

  private long over(long amount) {
    return taken() + amount - permits;
  }

  private long taken() {
    return unended() + log.total();
  }

  /** The amounts whose period has not begun. */
  private long unended() {
    return inTransit == null ? held : inTransit.total();
  }

  /** Moves the amounts whose bound has passed by now. */
  private void arriveInTime(long now) {
    TimestampLog transit = inTransit;
    if (transit != null && transit.total() > 0) {
      transit.moveUntil(now - bound, log, bound);
    }
  }

  private boolean isInTransit(long startedAt, long now) {
    return startedAt > now - bound;
  }

  @Override
  public void start(long now, long amount) {
    if (fromStart) {
      log.add(now, amount);
    } else if (inTransit == null) {
      held += amount;
    } else {
      arriveInTime(now);
      inTransit.add(now, amount);
    }
  }

  @Override
  public void delay(long startedAt, long now, long amount) {
    if (fromStart) {
      log.change(startedAt, -amount);
      log.add(now, amount);
    } else if (inTransit != null) {
      settle(startedAt, now, amount, 0);
      inTransit.add(now, amount);
    }
  }

  @Override
  public boolean endsOnArrival() {
    return inTransit != null;
  }

  @Override
  public void end(long startedAt, long now, long amount) {
    TimestampLog transit = inTransit;
    if (transit != null) {
      arriveInTime(now);
      if (isInTransit(startedAt, now)) {
        transit.change(startedAt, -amount);
        log.add(now, amount);
      }
    } else if (!fromStart) {
      held -= amount;
      log.add(now, amount);
    }
  }

  @Override
  public void settle(long startedAt, long now, long from, long to) {
    TimestampLog transit = inTransit;
    if (fromStart) {
      log.change(startedAt, to - from);
    } else if (transit == null) {
      held += to - from;
    } else {
      arriveInTime(now);
      if (isInTransit(startedAt, now)) {
        transit.change(startedAt, to - from);
      } else {
        log.change(Durations.later(startedAt, bound), to - from);
      }
    }
  }

  @Override
  public void settleArrived(long startedAt, long arrivedAt, long now, long from, long to) {
    arriveInTime(now);
    log.change(Math.min(arrivedAt, Durations.later(startedAt, bound)), to - from);
  }

  @Override
  public long capacity() {
    return permits;
  }

  @Override
  public long available(long now) {
    arriveInTime(now);
    log.dropUntil(now - period);
    return Math.max(0, permits - taken());
  }

  @Override
  public long forecast(long now, long ahead, long amount) {
    arriveInTime(now);
    log.dropUntil(now - period);
    long last = ahead + amount - 1;
    long over = taken() + last % permits + 1 - permits;
    long inThisPeriod =
        over <= 0 ? now : over > log.total() ? Durations.later(now, period) : leaves(over);
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
   * Takes over another window's log if it remembers more. Instants that had left that log by its
   * own period stay forgotten; an amount that was counted from another instant of its permit keeps
   * that instant. Amounts in transit stay in transit if this window counts on arrival too.
   */
  @Override
  public boolean inherit(Limit former, long now) {
    if (!(former instanceof SlidingWindow window)) {
      return false;
    }
    window.arriveInTime(now);
    window.log.dropUntil(now - window.period);
    TimestampLog other = window.log.copy(period);
    TimestampLog transit = window.inTransit;
    if (inTransit != null && transit != null) {
      if (transit.total() > inTransit.total()) {
        inTransit = transit.copy(NEVER_DROPPED);
      }
    } else if (fromStart && window.unended() > 0) {
      other.add(now, window.unended());
    } else if (!fromStart && inTransit == null) {
      held = Math.max(held, window.held);
    }
    if (log.total() == 0 || other.total() > log.total()) {
      log = other;
    }
    boolean sameEnd = (inTransit == null) == (transit == null) && !window.fromStart;
    return fromStart || sameEnd;
  }

  /** The rate. */
  public Rate rate() {
    return rate;
  }

  /** The instant from which it counts. */
  public Counted counted() {
    return counted;
  }

  /** The rule as text, such as {@code 100/m}. */
  @Override
  public String toString() {
    return fromStart ? rate.toString() : rate + " " + counted;
  }
}
