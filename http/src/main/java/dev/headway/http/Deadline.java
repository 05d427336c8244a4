package dev.headway.http;

import dev.headway.time.TimeSource;
import java.math.BigDecimal;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;

/**
 * The latest time of a request's response, waits and retries included.
 *
 * @param time the clock
 * @param at the instant, or {@link TimeSource#NEVER}
 * @param timeout the time from the start to the deadline
 */
record Deadline(TimeSource time, long at, Duration timeout) {

  /** The deadline of a request that begins now; none if it has no timeout. */
  static Deadline of(TimeSource time, Optional<Duration> timeout) {
    long now = time.nanoTime();
    Duration most = Duration.ofNanos(TimeSource.NEVER - now);
    return timeout
        .filter(given -> given.compareTo(most) < 0)
        .map(given -> new Deadline(time, now + given.toNanos(), given))
        .orElse(new Deadline(time, TimeSource.NEVER, Duration.ZERO));
  }

  /** No deadline. */
  static Deadline none(TimeSource time) {
    return of(time, Optional.empty());
  }

  boolean exists() {
    return at != TimeSource.NEVER;
  }

  /** The time that is left; not negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, at - time.nanoTime()));
  }

  /** Whether a wait that begins now would end in time. */
  boolean allows(Duration wait) {
    return !exists() || wait.compareTo(left()) < 0;
  }

  /** The request with the remaining time as its timeout; unchanged without a deadline. */
  HttpRequest limit(HttpRequest request) {
    Duration left = left();
    if (!exists() || left.equals(request.timeout().orElse(null))) {
      return request;
    }
    return HttpRequest.newBuilder(request, (name, value) -> true)
        .timeout(left.isZero() ? Duration.ofNanos(1) : left)
        .build();
  }

  /** The exception for a deadline that has passed. */
  HttpTimeoutException missed(Duration waited) {
    return new HttpTimeoutException(
        "no response within the request's timeout of "
            + seconds(timeout)
            + ", "
            + seconds(waited)
            + " of which it waited for limits and retries; timeoutPerAttempt() of the builder"
            + " applies the timeout to each attempt");
  }

  /** The exception for a host whose pause ends after the deadline. */
  HttpTimeoutException missed(Duration waited, Duration pause) {
    return new HttpTimeoutException(
        "the host is paused for "
            + seconds(pause)
            + ", but the request's timeout of "
            + seconds(timeout)
            + " ends earlier; it has waited for "
            + seconds(waited)
            + "; timeoutPerAttempt() of the builder applies the timeout to each attempt");
  }

  private static String seconds(Duration duration) {
    BigDecimal seconds = new BigDecimal(duration.toMillis()).movePointLeft(3);
    return seconds.stripTrailingZeros().toPlainString() + " s";
  }
}
