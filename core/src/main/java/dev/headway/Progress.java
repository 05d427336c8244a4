package dev.headway;

import dev.headway.time.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a run has come.
 *
 * @param total how many items there are, where the input knows
 * @param started how many have started, or failed because they cannot; in a run over one throttle
 *     they are the first items of the input
 * @param succeeded how many have succeeded
 * @param failed how many have failed, after their retries
 * @param retries how many retries there were
 * @param throttled how many attempts were told "too many requests"
 * @param elapsed since the run began, until it ended
 * @param atDefaultConcurrency whether the default concurrency, rather than a limit, holds the run
 *     back now: as many items are in flight as the default allows, so a higher {@link
 *     Headway#concurrency} may be faster
 */
public record Progress(
    OptionalLong total,
    long started,
    long succeeded,
    long failed,
    long retries,
    long throttled,
    Duration elapsed,
    boolean atDefaultConcurrency) {

  /** How many have ended. */
  public long finished() {
    return succeeded + failed;
  }

  /** How many have ended a second, over the whole run; 0 before the first. */
  public double perSecond() {
    return elapsed.isPositive() ? finished() * 1e9 / Durations.nanos(elapsed) : 0;
  }

  /** How long the rest will take at this rate, where that can be told. */
  public Optional<Duration> remaining() {
    if (total.isEmpty() || finished() == 0) {
      return Optional.empty();
    }
    double nanosEach = (double) Durations.nanos(elapsed) / finished();
    long left = Math.max(0, total.getAsLong() - finished());
    return Optional.of(Duration.ofNanos((long) (nanosEach * left)));
  }
}
