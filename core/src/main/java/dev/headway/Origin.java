package dev.headway;

import dev.headway.time.TimeSource;
import java.time.Instant;

/**
 * One instant on two clocks: by it the instants of a run are told without asking for the day's time
 * again.
 */
record Origin(Instant instant, long nanos) {

  /** Now. */
  public static Origin now(TimeSource time) {
    return new Origin(time.instant(), time.nanoTime());
  }
}
