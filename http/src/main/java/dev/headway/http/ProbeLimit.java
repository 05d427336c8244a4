package dev.headway.http;

import dev.headway.limit.Limit;

/**
 * Lets a few requests through at a time, to find out whether a host that has refused takes requests
 * again before all others follow.
 */
final class ProbeLimit implements Limit {

  private static final long PROBES = 3;

  private final boolean on;
  private long running;

  /** A limit that is on, or one that counts and limits nothing. */
  ProbeLimit(boolean on) {
    this.on = on;
  }

  @Override
  public long readyAt(long now, long amount) {
    return !on || running == 0 || running + amount <= PROBES ? now : NEVER;
  }

  @Override
  public void start(long now, long amount) {
    running += amount;
  }

  @Override
  public void end(long startedAt, long now, long amount) {
    running -= amount;
  }

  @Override
  public void settle(long startedAt, long now, long from, long to) {
    running += to - from;
  }

  @Override
  public long available(long now) {
    return on ? Math.max(0, PROBES - running) : Long.MAX_VALUE;
  }

  @Override
  public boolean idle(long now) {
    return running == 0;
  }

  @Override
  public boolean inherit(Limit former, long now) {
    if (former instanceof ProbeLimit probes) {
      running = probes.running;
      return true;
    }
    return false;
  }

  /** The rule as text. */
  @Override
  public String toString() {
    return on ? "probing the server" : "not probing";
  }
}
