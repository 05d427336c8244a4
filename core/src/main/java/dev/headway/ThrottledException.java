package dev.headway;

import java.time.Duration;
import java.util.Optional;

/**
 * Thrown by a task that was told to slow down. Its throttle pauses, the item goes back to the front
 * of the line, and the attempt does not count.
 */
public final class ThrottledException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // absent after deserialization, which retryAfter() allows for
  private final transient Optional<Duration> retryAfter;

  /** Told to slow down, and not for how long: the throttle pauses for its longest rate's period. */
  public ThrottledException() {
    this(Optional.empty(), "told to slow down");
  }

  /**
   * Told to slow down for so long.
   *
   * @throws IllegalArgumentException if the duration is negative
   */
  public ThrottledException(Duration retryAfter) {
    this(Optional.of(retryAfter), "told to slow down for " + retryAfter);
  }

  /**
   * Told to slow down.
   *
   * @param retryAfter for how long, if that was said
   * @param message for people
   * @throws IllegalArgumentException if the duration is negative
   */
  public ThrottledException(Optional<Duration> retryAfter, String message) {
    super(message);
    if (retryAfter.filter(Duration::isNegative).isPresent()) {
      throw new IllegalArgumentException("retryAfter must not be negative: " + retryAfter.get());
    }
    this.retryAfter = retryAfter;
  }

  /** For how long, if that was said. */
  public Optional<Duration> retryAfter() {
    return retryAfter == null ? Optional.empty() : retryAfter;
  }
}
