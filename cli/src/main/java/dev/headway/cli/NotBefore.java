package dev.headway.cli;

import dev.headway.limit.Limit;
import dev.headway.time.TimeSource;
import java.time.Duration;

/** Nothing starts before an instant: a server has asked an earlier run to leave it alone. */
public final class NotBefore implements Limit {

  private final long instant;

  private NotBefore(long instant) {
    this.instant = instant;
  }

  /** Nothing starts for so long. */
  public static NotBefore in(Duration pause) {
    return new NotBefore(TimeSource.system().nanoTime() + pause.toNanos());
  }

  @Override
  public long readyAt(long now, long amount) {
    return Math.max(now, instant);
  }

  @Override
  public void start(long now, long amount) {
    // Time alone ends it.
  }

  @Override
  public void end(long startedAt, long now, long amount) {
    // Time alone ends it.
  }

  @Override
  public boolean idle(long now) {
    return now >= instant;
  }

  /** The rule as text. */
  @Override
  public String toString() {
    return "left alone as it has asked for";
  }
}
