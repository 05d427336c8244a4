package dev.headway.limit;

import dev.headway.time.Durations;
import java.time.Duration;

/**
 * Starts that are evenly spaced: each comes at least one interval, times its amount, after the
 * last, and nothing is saved up for a burst.
 *
 * <p>Aligned, they come on whole multiples of the interval. A start counts as on the multiple if it
 * comes within a hundredth of the interval after it (but within 1 ms of intervals below 100 ms, or
 * half the interval if that is shorter); one that is later than that waits for the next.
 */
public final class Spacing implements Limit {

  private static final long NOT_ALIGNED = -1;
  private static final long LATEST_START = 1_000_000;

  private final Rate rate;
  private final long interval;

  /** What an instant lacks of being a multiple is counted from here, or {@link #NOT_ALIGNED}. */
  private final long origin;

  /** The last start: when it was, the slot that it took, and how many intervals it takes. */
  private long lastAt = Long.MIN_VALUE;

  private long slot = Long.MIN_VALUE;
  private long taken;

  /** When the last start's intervals are over. */
  private long next = Long.MIN_VALUE;

  private Spacing(Rate rate, long origin) {
    this.rate = rate;
    this.interval = rate.interval().toNanos();
    this.origin = origin;
  }

  /** Starts that are spaced as if the rate's permits were spread over its period. */
  public static Spacing of(Rate rate) {
    return new Spacing(rate, NOT_ALIGNED);
  }

  /**
   * Starts that are {@code interval} apart.
   *
   * @throws IllegalArgumentException if the interval is not 1 nanosecond to 36,500 days
   */
  public static Spacing of(Duration interval) {
    return of(Rate.of(1, interval));
  }

  /**
   * The same spacing, on whole multiples of the interval.
   *
   * @param clockNanos what a clock that the multiples are of showed when the time was 0, such as
   *     the nanoseconds of the wall clock since 1970
   */
  public Spacing aligned(long clockNanos) {
    return new Spacing(rate, Math.floorMod(clockNanos, interval));
  }

  private void take(long at, long from, long amount) {
    lastAt = at;
    slot = from;
    taken = amount;
    next = Durations.later(from, Durations.times(amount, interval));
  }

  /** By how much an instant comes after the last multiple of the interval; 0 if not aligned. */
  private long late(long instant) {
    return origin == NOT_ALIGNED ? 0 : (Math.floorMod(instant, interval) + origin) % interval;
  }

  @Override
  public long readyAt(long now, long amount) {
    long ready = Math.max(now, next);
    long late = late(ready);
    if (late == 0) {
      return ready;
    }
    long tolerated = Math.min(Math.max(interval / 100, LATEST_START), interval / 2);
    return late <= tolerated ? ready : Durations.later(ready - late, interval);
  }

  @Override
  public void start(long now, long amount) {
    take(now, Math.max(now - late(now), next), amount);
  }

  @Override
  public void end(long startedAt, long now, long amount) {
    // What ends gives nothing back: time does.
  }

  /** Only the last start can take less in fact: others have started where earlier ones left off. */
  @Override
  public void settle(long startedAt, long now, long from, long to) {
    if (to > from || startedAt == lastAt) {
      take(lastAt, slot, taken + to - from);
    }
  }

  @Override
  public long available(long now) {
    return readyAt(now, 1) <= now ? 1 : 0;
  }

  @Override
  public long forecast(long now, long ahead, long amount) {
    long first = readyAt(now, amount);
    return Math.max(first, Durations.later(first - late(first), Durations.times(ahead, interval)));
  }

  @Override
  public boolean idle(long now) {
    return next <= now;
  }

  @Override
  public long periodNanos() {
    return rate.period().toNanos();
  }

  @Override
  public boolean inherit(Limit former, long now) {
    if (!(former instanceof Spacing spacing)) {
      return false;
    }
    if (spacing.slot >= slot) {
      take(spacing.lastAt, spacing.slot, spacing.taken);
    }
    return true;
  }

  /** Whether starts come on whole multiples of the interval. */
  public boolean isAligned() {
    return origin != NOT_ALIGNED;
  }

  /** The rate at which it spaces. */
  public Rate rate() {
    return rate;
  }

  /** The rule as text, such as {@code spaced 5/s}. */
  @Override
  public String toString() {
    return "spaced " + rate + (origin == NOT_ALIGNED ? "" : ", aligned");
  }
}
