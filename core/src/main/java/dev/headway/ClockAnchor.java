package dev.headway;

import dev.headway.time.TimeSource;
import java.time.Instant;

/**
 * One instant on two clocks. A run converts its nanoseconds to instants with it, so it asks for the
 * time of day only once.
 */
record ClockAnchor(Instant instant, long nanos) {

  /** Now. */
  public static ClockAnchor now(TimeSource time) {
    return new ClockAnchor(time.instant(), time.nanoTime());
  }
}
