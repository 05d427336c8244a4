package dev.headway.limit;

import dev.headway.time.Durations;

/**
 * A rate in the long run, with bursts: unused permits are saved up to a maximum.
 *
 * <p>The algorithm is GCRA, the generic cell rate algorithm of ATM's traffic management (ITU-T
 * I.371), a leaky bucket as a meter. Its only state is the instant at which the bucket is full
 * again. That instant is kept as the start of a busy period and the amount started since, so
 * rounding errors do not add up.
 *
 * <p>A settlement that gives permits back cannot give back those that would have overflowed since:
 * it gives back at most the smallest deficit that the bucket has had since that start ({@link
 * MinimumSince}).
 */
public final class TokenBucket implements Limit {

  private final Rate rate;
  private final long burst;
  private final ExactRate pace;

  /** The time that one permit takes, rounded up, and that the whole bucket takes, rounded down. */
  private final long one;

  private final long whole;

  /** The bucket is full {@code pace.nanos(started)} after {@code since}: at {@code full}. */
  private long since = Long.MIN_VALUE;

  private long started;
  private long full = Long.MIN_VALUE;

  /** The last start that found it full. */
  private long lastFull = Long.MIN_VALUE;

  /** The deficit just before each start since. */
  private final MinimumSince deficits = new MinimumSince();

  /**
   * A bucket that is full at first.
   *
   * @param rate how fast it fills
   * @param burst how much it holds, at least 1
   * @throws IllegalArgumentException if {@code burst} is below 1 or takes over 36,500 days to fill
   */
  public TokenBucket(Rate rate, long burst) {
    this.rate = rate;
    this.burst = burst;
    this.pace = new ExactRate(rate);
    if (burst < 1 || pace.nanos(burst) > 36_500L * 86_400 * 1_000_000_000) {
      throw new IllegalArgumentException(
          "a bucket that fills at "
              + rate
              + " must hold 1 to the permits of 36500 days, not "
              + burst);
    }
    one = pace.nanos(1);
    whole = -pace.nanos(-burst);
  }

  private long deficit(long now) {
    return full <= now ? 0 : full - now;
  }

  @Override
  public long readyAt(long now, long amount) {
    if (amount == 1 && deficit(now) <= whole - one) {
      return now;
    }
    if (amount > burst) {
      return NEVER;
    }
    return Math.max(now, Durations.later(since, pace.nanos(started + (amount - burst))));
  }

  @Override
  public void start(long now, long amount) {
    if (full < now) {
      since = now;
      started = 0;
      lastFull = now;
      deficits.clear();
    } else {
      deficits.add(now, full - now);
    }
    add(amount);
  }

  private void add(long amount) {
    started += amount;
    if (started == pace.permits) {
      started = 0;
      since = Durations.later(since, pace.period);
      full = since;
      return;
    }
    long periods = Math.floorDiv(started, pace.permits);
    since = Durations.later(since, Durations.times(periods, pace.period));
    started -= periods * pace.permits;
    full = Durations.later(since, pace.nanos(started));
  }

  @Override
  public void end(long startedAt, long now, long amount) {
    // Only time refills the bucket.
  }

  @Override
  public void settle(long startedAt, long now, long from, long to) {
    if (to > from) {
      start(now, to - from);
    } else if (to < from) {
      giveBack(startedAt, now, from - to);
    }
  }

  private void giveBack(long startedAt, long now, long amount) {
    if (startedAt < lastFull) {
      return;
    }
    long least = Math.min(deficit(now), deficits.leastAfter(startedAt));
    long back = Math.min(amount, pace.amount(least));
    add(-back);
    deficits.lowerAfter(startedAt, pace.nanos(back));
  }

  @Override
  public long capacity() {
    return burst;
  }

  @Override
  public long forecast(long now, long ahead, long amount) {
    boolean over = full < now;
    long wanted = Durations.later(over ? 0 : started, Durations.later(ahead, amount - burst));
    return Math.max(now, Durations.later(over ? now : since, pace.nanos(wanted)));
  }

  @Override
  public boolean idle(long now) {
    return full <= now;
  }

  @Override
  public long periodNanos() {
    return rate.period().toNanos();
  }

  /** Takes over the deficit of another bucket, up to the size of this one. */
  @Override
  public boolean inherit(Limit former, long now) {
    if (!(former instanceof TokenBucket bucket)) {
      return false;
    }
    long missing = -bucket.pace.amount(-bucket.deficit(now));
    if (pace.nanos(Math.min(burst, missing)) > deficit(now)) {
      since = now;
      started = 0;
      add(Math.min(burst, missing));
    }
    return true;
  }

  /** How fast it fills. */
  public Rate rate() {
    return rate;
  }

  /** The rule as text, such as {@code bucket 5/s with 20}. */
  @Override
  public String toString() {
    return "bucket " + rate + " with " + burst;
  }
}
