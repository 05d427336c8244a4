package dev.headway.http;

import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;

/**
 * By when a request must have its response, waits and retries included.
 *
 * @param time by which clock
 * @param at the instant, or {@link TimeSource#NEVER}
 * @param timeout how long after the start that is
 */
record Deadline(TimeSource time, long at, Duration timeout) {

  /** The deadline of a request that begins now, if it has a time-out. */
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

  /** How much of the time is left; not negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, at - time.nanoTime()));
  }

  /** Whether a wait from now on would end in time. */
  boolean allows(Duration wait) {
    return !exists() || wait.compareTo(left()) < 0;
  }

  /** The request with what is left as its time-out; as it is where there is no deadline. */
  HttpRequest limit(HttpRequest request) {
    Duration left = left();
    if (!exists() || left.equals(request.timeout().orElse(null))) {
      return request;
    }
    return HttpRequest.newBuilder(request, (name, value) -> true)
        .timeout(left.isZero() ? Duration.ofNanos(1) : left)
        .build();
  }

  /** What is thrown when it has passed. */
  HttpTimeoutException missed(Duration waited) {
    return timeout(
        "no response within the request's timeout of " + Durations.print(timeout), waited);
  }

  /** What is thrown when the limits let a request start too late. */
  HttpTimeoutException missedStart(Duration waited, Duration untilStart) {
    return timeout(
        "the limits let the request start in "
            + Durations.print(untilStart)
            + " at the earliest, after the end of its timeout of "
            + Durations.print(timeout),
        waited);
  }

  /** What is thrown when a host's pause ends too late. */
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
            + " for limits and retries; with timeoutPerAttempt() of the builder the timeout is"
            + " each attempt's and covers no waiting");
  }
}
