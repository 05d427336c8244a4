package dev.headway;

import dev.headway.time.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The progress of a run.
 *
 * @param total the number of items, if the input knows it
 * @param started items that have started, or failed because they cannot; in a run over one throttle
 *     they are the first items of the input
 * @param succeeded items that have succeeded
 * @param failed items that have failed, after their retries
 * @param retries the number of retries
 * @param throttled the number of attempts that were told "too many requests"
 * @param elapsed the time since the run began, until it ended
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

  /** Items per second, over the whole run; 0 before the first has ended. */
  public double perSecond() {
    return elapsed.isPositive() ? finished() * 1e9 / Durations.nanos(elapsed) : 0;
  }

  /** The time that the rest takes at the present rate, if known. */
  public Optional<Duration> remaining() {
    if (total.isEmpty() || finished() == 0) {
      return Optional.empty();
    }
    double nanosEach = (double) Durations.nanos(elapsed) / finished();
    long left = Math.max(0, total.getAsLong() - finished());
    return Optional.of(Duration.ofNanos((long) (nanosEach * left)));
  }
}
