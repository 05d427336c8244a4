package dev.headway.http;

import dev.headway.limit.Limit;
import java.util.concurrent.TimeUnit;

/**
 * Allows a few requests at a time, to find out whether a host accepts requests again, or one, to
 * find out what it states of its limits, before all others follow.
 */
final class ProbeLimit implements Limit {

  private static final long PROBES = 3;

  /** How long the one probe is waited for. */
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final boolean isFirst;
  private long until;
  private long running;

  private ProbeLimit(long until, boolean isFirst) {
    this.until = until;
    this.isFirst = isFirst;
  }

  /** Three probes at a time until this time. */
  ProbeLimit(long until) {
    this(until, false);
  }

  /** One probe, and others a second after its start. */
  static ProbeLimit first() {
    return new ProbeLimit(NEVER, true);
  }

  /** Counts and limits nothing. */
  static ProbeLimit off() {
    return new ProbeLimit(Long.MIN_VALUE);
  }

  @Override
  public long readyAt(long now, long amount) {
    if (now >= until || running == 0 || running + amount <= most()) {
      return now;
    }
    return isFirst ? until : NEVER;
  }

  private long most() {
    return isFirst ? 1 : PROBES;
  }

  @Override
  public void start(long now, long amount) {
    if (isFirst && until == NEVER) {
      until = now + FIRST_NANOS;
    }
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
    return now < until ? Math.max(0, most() - running) : Long.MAX_VALUE;
  }

  @Override
  public boolean idle(long now) {
    return running == 0 && (now >= until || (isFirst && until == NEVER));
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
