package dev.headway.cli.plan;

import dev.headway.limit.Limit;

/** A limit that never holds up anything, in the place of one that is left out. */
final class NoLimit implements Limit {

  @Override
  public long readyAt(long now, long amount) {
    return now;
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
  public boolean idle(long now) {
    return true;
  }
}
