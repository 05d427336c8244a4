package dev.headway.throttle.spi;

/** Counts the callers of limits. Used under the queue's lock. */
public final class Counters {
  public long waiting;
  public long running;
  public long granted;
  public long refused;
  public long abandoned;
  public long waitedNanos;
}
