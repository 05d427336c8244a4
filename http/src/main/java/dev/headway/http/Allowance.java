package dev.headway.http;

import dev.headway.limit.Limit;

/**
 * What a server has said is left, until it is reset: a rule that only the server's next word changes.
 */
final class Allowance implements Limit {

  private final long allowed;
  private final long resetAt;
  private long used;

  Allowance(long allowed, long resetAt) {
    this.allowed = allowed;
    this.resetAt = resetAt;
  }

  @Override
  public long readyAt(long now, long amount) {
    return now >= resetAt || used + amount <= allowed ? now : resetAt;
  }

  @Override
  public void start(long now, long amount) {
    used += amount;
  }

  @Override
  public void end(long startedAt, long now, long amount) {
    // The server has counted it, and will say so.
  }

  @Override
  public boolean idle(long now) {
    return now >= resetAt;
  }

  /** The rule as text. */
  @Override
  public String toString() {
    return "the server's word";
  }
}
