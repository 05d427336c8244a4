package dev.headway.limit;

import dev.headway.time.Durations;
import java.time.Duration;

/**
 * Evenly spaced starts: after a start of amount {@code n}, the next one comes at least {@code n}
 * intervals later. Nothing is saved up for a burst.
 *
 * <p>Aligned starts come on whole multiples of the interval. A start is on time if it comes within
 * a hundredth of the interval after its multiple (within 1 ms if the interval is below 100 ms, or
 * half the interval if that is shorter). A later one waits for the next multiple.
 */
public final class Spacing implements Limit {

  private static final long NOT_ALIGNED = -1;
  private static final long LATEST_START = 1_000_000;

  private final Rate rate;
  private final long interval;

  /** The clock modulo the interval when the time was 0, or {@link #NOT_ALIGNED}. */
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

  /** Spreads the permits of a rate evenly over its period. */
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
   * @param clockNanos the reading of the clock that starts are aligned to when the time was 0, such
   *     as the nanoseconds of the wall clock since 1970
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

  /** How long after the last multiple of the interval an instant is; 0 if not aligned. */
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
    // Only time frees the next slot.
  }

  /** Only the last start can be reduced: later starts depend on the earlier ones. */
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

  /** Whether starts are aligned to whole multiples of the interval. */
  public boolean isAligned() {
    return origin != NOT_ALIGNED;
  }

  /** The rate. */
  public Rate rate() {
    return rate;
  }

  /** The rule as text, such as {@code spaced 5/s}. */
  @Override
  public String toString() {
    return "spaced " + rate + (origin == NOT_ALIGNED ? "" : ", aligned");
  }
}
