package dev.headway;

import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.OptionalLong;

/** Counts the events of a run. The engine's lock guards it. */
final class RunCounters {

  long started;
  long retries;
  long throttled;

  private final OptionalLong total;
  private final long beganAt;
  private long endedAt = TimeSource.NEVER;
  private long succeeded;
  private long failed;

  RunCounters(OptionalLong total, long beganAt) {
    this.total = total;
    this.beganAt = beganAt;
  }

  void count(Outcome<?, ?> outcome) {
    if (outcome instanceof Outcome.Success) {
      succeeded++;
    } else {
      failed++;
    }
  }

  /** Stops the clock of {@link Progress#elapsed}. */
  void end(long now) {
    endedAt = now;
  }

  Progress progress(long now, boolean atDefaultConcurrency) {
    Duration elapsed = Duration.ofNanos(Math.min(now, endedAt) - beganAt);
    return new Progress(
        total, started, succeeded, failed, retries, throttled, elapsed, atDefaultConcurrency);
  }
}
