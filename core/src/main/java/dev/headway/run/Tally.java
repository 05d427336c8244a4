package dev.headway.run;

import dev.headway.Outcome;
import dev.headway.Progress;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.OptionalLong;

/** Counts what a run has done. Used under its lock. */
final class Tally {

  long started;
  long retries;
  long throttled;

  private final OptionalLong total;
  private final long beganAt;
  private long endedAt = TimeSource.NEVER;
  private long succeeded;
  private long failed;

  Tally(OptionalLong total, long beganAt) {
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

  /** Lets no more time pass. */
  void end(long now) {
    endedAt = now;
  }

  Progress progress(long now) {
    Duration elapsed = Duration.ofNanos(Math.min(now, endedAt) - beganAt);
    return new Progress(total, started, succeeded, failed, retries, throttled, elapsed);
  }
}
