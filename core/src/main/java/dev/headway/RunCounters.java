package dev.headway;

import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Counts the events of a run, and keeps its first failures. The engine's lock guards it. */
final class RunCounters<T extends @Nullable Object, R extends @Nullable Object> {

  long started;
  long retries;
  long throttled;

  /** When the run ended, which stops the clock of {@link Progress#elapsed}. */
  long endedAt = TimeSource.NEVER;

  final List<Outcome.Failure<T, R>> failures = new ArrayList<>();

  private final OptionalLong total;
  private final long beganAt;
  private long succeeded;
  private long failed;

  RunCounters(OptionalLong total, long beganAt) {
    this.total = total;
    this.beganAt = beganAt;
  }

  void count(Outcome<T, R> outcome) {
    if (outcome instanceof Outcome.Failure<T, R> failure) {
      failed++;
      if (failures.size() < Results.MOST_FAILURES) {
        failures.add(failure);
      }
    } else {
      succeeded++;
    }
  }

  Progress progress(long now, boolean atDefaultConcurrency) {
    Duration elapsed = Duration.ofNanos(Math.min(now, endedAt) - beganAt);
    return new Progress(
        total, started, succeeded, failed, retries, throttled, elapsed, atDefaultConcurrency);
  }
}
