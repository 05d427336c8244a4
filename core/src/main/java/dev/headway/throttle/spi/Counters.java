package dev.headway.throttle.spi;

/** What has become of callers. Used under their gate's guard. */
public final class Counters {
  public long waiting;
  public long running;
  public long granted;
  public long refused;
  public long abandoned;
  public long waitedNanos;
}
