package dev.headway.cli.vendor;

import dev.headway.limit.Rate;

/**
 * A bucket that holds what a rate allows in a period and leaks evenly, a full one in one period.
 * Seen from the other side, it is a token bucket that fills up.
 */
final class LeakyBucket implements Meter {

  private final long permits;
  private final long periodNanos;
  private boolean touched;

  /** When it is empty. */
  private long emptyAt;

  LeakyBucket(Rate rate) {
    this.permits = rate.permits();
    this.periodNanos = rate.period().toNanos();
  }

  /** How long an amount takes to leak. A full bucket takes exactly one period. */
  private long nanos(long amount) {
    return amount == permits ? periodNanos : (long) ((double) periodNanos / permits * amount);
  }

  @Override
  public long limit() {
    return permits;
  }

  @Override
  public long remaining(long now) {
    long free = periodNanos - untilReset(now);
    long remaining = Math.min(permits, (long) ((double) free / periodNanos * permits) + 1);
    while (remaining > 0 && nanos(remaining) > free) {
      remaining--;
    }
    return Math.max(0, remaining);
  }

  @Override
  public long untilRoom(long now, long amount) {
    return Math.max(0, untilReset(now) + nanos(amount) - periodNanos);
  }

  @Override
  public long untilReset(long now) {
    return touched ? Math.max(0, emptyAt - now) : 0;
  }

  @Override
  public void take(long now, long amount) {
    emptyAt = now + untilReset(now) + nanos(amount);
    touched = true;
  }

  @Override
  public void giveBack(long now, long amount) {
    emptyAt = now + Math.max(0, untilReset(now) - nanos(amount));
  }
}
