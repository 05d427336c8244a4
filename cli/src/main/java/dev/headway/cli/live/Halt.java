package dev.headway.cli.live;

import dev.headway.limit.Limit;

/**
 * Lets everything start, or nothing. As with a pause that lasts for longer than anybody lives: what
 * can never start is refused, and this can, once the rule is replaced.
 */
final class Halt implements Limit {

  private final boolean halted;

  Halt(boolean halted) {
    this.halted = halted;
  }

  @Override
  public long readyAt(long now, long amount) {
    return halted ? NEVER - 1 : now;
  }

  @Override
  public void start(long now, long amount) {
    // It counts nothing.
  }

  @Override
  public void end(long startedAt, long now, long amount) {
    // It counts nothing.
  }

  @Override
  public void settle(long startedAt, long now, long from, long to) {
    // It counts nothing.
  }

  @Override
  public boolean idle(long now) {
    return !halted;
  }

  /** The rule as text. */
  @Override
  public String toString() {
    return halted ? "halted" : "not halted";
  }
}
