package dev.headway.http;

import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
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
    return timeout(
        "no response within the request's timeout of " + Durations.print(timeout), waited);
  }

  /** The exception for a request that the limits start after the deadline. */
  HttpTimeoutException missedStart(Duration waited, Duration untilStart) {
    return timeout(
        "the limits let the request start in "
            + Durations.print(untilStart)
            + " at the earliest, after the end of its timeout of "
            + Durations.print(timeout),
        waited);
  }

  /** The exception for a host whose pause ends after the deadline. */
  HttpTimeoutException missed(Duration waited, Duration pause) {
    return timeout(
        "the server asks to wait "
            + Durations.print(pause)
            + ", which is longer than what is left of the request's timeout of "
            + Durations.print(timeout),
        waited);
  }

  private static HttpTimeoutException timeout(String what, Duration waited) {
    return new HttpTimeoutException(
        what
            + "; it waited "
            + Durations.print(waited)
            + " for limits and retries; timeoutPerAttempt() of the builder applies the timeout to"
            + " each attempt");
  }
}
