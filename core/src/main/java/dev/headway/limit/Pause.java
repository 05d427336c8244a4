package dev.headway.limit;

/** Blocks all starts until an instant, which can be moved later. */
public final class Pause implements Limit {

  private long until = Long.MIN_VALUE;

  /** No pause, until it is extended. */
  public Pause() {}

  /** Puts the instant off to {@code until}, if that is later than it is. */
  public void extend(long until) {
    this.until = Math.max(this.until, until);
  }

  @Override
  public long readyAt(long now, long amount) {
    return Math.max(now, until);
  }

  @Override
  public void start(long now, long amount) {
    // A pause counts nothing.
  }

  @Override
  public void end(long startedAt, long now, long amount) {
    // A pause counts nothing.
  }

  @Override
  public boolean idle(long now) {
    return until <= now;
  }

  /** The rule as text. */
  @Override
  public String toString() {
    return "pause";
  }
}
