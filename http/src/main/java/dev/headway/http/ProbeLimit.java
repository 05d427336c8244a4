package dev.headway.http;

import dev.headway.limit.Limit;

/**
 * Allows a few requests at a time, to find out whether a host accepts requests again, or one, to
 * find out what it states of its limits, before all others follow.
 */
final class ProbeLimit implements Limit {

  private static final long PROBES = 3;

  private final long until;
  private final long most;

  /** When more may start where no probe has ended. */
  private final long next;

  private long running;

  private ProbeLimit(long until, long most, long next) {
    this.until = until;
    this.most = most;
    this.next = next;
  }

  /** Three probes at a time until this time. */
  ProbeLimit(long until) {
    this(until, PROBES, NEVER);
  }

  /** One probe at a time until this time. */
  static ProbeLimit one(long until) {
    return new ProbeLimit(until, 1, until);
  }

  /** Counts and limits nothing. */
  static ProbeLimit off() {
    return new ProbeLimit(Long.MIN_VALUE);
  }

  @Override
  public long readyAt(long now, long amount) {
    return now >= until || running == 0 || running + amount <= most ? now : next;
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
    return now < until ? Math.max(0, most - running) : Long.MAX_VALUE;
  }

  @Override
  public boolean idle(long now) {
    return running == 0 && now >= until;
  }

  @Override
  public boolean inherit(Limit former, long now) {
    if (former instanceof ProbeLimit probes) {
      running = probes.running;
      return true;
    }
    return false;
  }

  /** The rule as text, which is the same for all: so a host that is idle can be forgotten. */
  @Override
  public String toString() {
    return "probing the server";
  }
}
