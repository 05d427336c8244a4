package dev.headway.cli.option;

import dev.headway.limit.Limit;

/** At most so many in flight at the same time, whatever each of them costs. */
public final class InFlightLimit implements Limit {

  private final int most;
  private int underWay;

  /** A limit of at least 1. */
  public InFlightLimit(int most) {
    this.most = most;
  }

  @Override
  public long readyAt(long now, long amount) {
    return underWay < most ? now : NEVER;
  }

  @Override
  public void start(long now, long amount) {
    underWay++;
  }

  @Override
  public void end(long startedAt, long now, long amount) {
    underWay--;
  }

  @Override
  public void settle(long startedAt, long now, long from, long to) {
    // It is still one.
  }

  @Override
  public boolean idle(long now) {
    return underWay == 0;
  }

  /** The rule as text, such as {@code 10 at once}. */
  @Override
  public String toString() {
    return most + " at once";
  }
}
