package dev.headway.cli.vendor;

import dev.headway.limit.Rate;

/** A window that begins with the first request after the last one has ended. */
final class FixedWindow implements Meter {

  private final long permits;
  private final long periodNanos;
  private boolean open;
  private long begin;
  private long used;

  FixedWindow(Rate rate) {
    this.permits = rate.permits();
    this.periodNanos = rate.period().toNanos();
  }

  private void roll(long now) {
    if (open && now - begin >= periodNanos) {
      open = false;
      used = 0;
    }
  }

  @Override
  public long limit() {
    return permits;
  }

  @Override
  public long remaining(long now) {
    roll(now);
    return permits - used;
  }

  @Override
  public long untilRoom(long now, long amount) {
    return amount <= remaining(now) ? 0 : untilReset(now);
  }

  @Override
  public long untilReset(long now) {
    roll(now);
    return open ? begin + periodNanos - now : 0;
  }

  @Override
  public void take(long now, long amount) {
    roll(now);
    if (!open) {
      open = true;
      begin = now;
    }
    used += amount;
  }

  @Override
  public void giveBack(long now, long amount) {
    roll(now);
    used = Math.max(0, used - amount);
  }
}
