package dev.headway.http;

import dev.headway.Retry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which requests are retried, and how often.
 *
 * @param retry the number of retries and the backoff; it allows every failure
 * @param anyMethod whether requests are retried that the server may then carry out twice
 * @param maxRefused how long a host may refuse every request without a hint before it is given up
 * @param maxPause the longest pause that a request waits for
 */
record RetryPolicy(Retry retry, boolean anyMethod, Duration maxRefused, Duration maxPause) {

  /** RFC 9110, section 9.2.2. */
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

  /** Transient failures of a server or of a proxy before it (520 to 530 are Cloudflare's). */
  private static final Set<Integer> TRANSIENT =
      Set.of(408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 530);

  /** Too Many Requests, and the codes that some services use instead. */
  private static final Set<Integer> SLOW_DOWN = Set.of(420, 429, 509, 529);

  private static final int FORBIDDEN = 403;
  private static final int UNAVAILABLE = 503;

  /** Whether a response asks to slow down: its request was not carried out, whatever its method. */
  static boolean isSlowDown(int status, RateLimitHeaders advice) {
    return SLOW_DOWN.contains(status)
        || (status == UNAVAILABLE && advice.retryAfter().isPresent())
        || isForbiddenForNow(status, advice);
  }

  /** Whether a response is a 403 that asks to slow down, as GitHub's does. */
  static boolean isForbiddenForNow(int status, RateLimitHeaders advice) {
    return status == FORBIDDEN && advice.pause().filter(Duration::isPositive).isPresent();
  }

  private boolean allows(HttpRequest request) {
    return anyMethod || IDEMPOTENT.contains(request.method());
  }

  /** The wait before a request is retried; empty if its response is final. */
  Optional<Duration> retryAfter(
      HttpRequest request, int status, RateLimitHeaders advice, int failures) {
    IOException failure = new IOException("the server answered " + status);
    if (!TRANSIENT.contains(status) || !allows(request) || !retry.allows(failures, failure)) {
      return Optional.empty();
    }
    Duration backoff = retry.delay(failures);
    Optional<Duration> asked = advice.retryAfter().filter(longer -> longer.compareTo(backoff) > 0);
    return asked.or(() -> Optional.of(backoff));
  }

  /**
   * The wait before a request without a response is retried; empty if it is not. A request that
   * never reached the server is retried with any method.
   */
  Optional<Duration> retryAfter(HttpRequest request, IOException failure, int failures) {
    boolean may = isNoConnection(failure) || (allows(request) && !isFromBody(failure));
    return may && retry.allows(failures, failure)
        ? Optional.of(retry.delay(failures))
        : Optional.empty();
  }

  /**
   * Whether a refused request is given up.
   *
   * @param refusals the number of refusals of this request
   * @param pause the pause of its host
   */
  boolean givesUp(long refusals, HostRefusals.Decision pause) {
    return !retry.allowsThrottled(refusals)
        || pause.pause().compareTo(maxPause) > 0
        || pause.withoutHint().compareTo(maxRefused) > 0;
  }

  private static boolean isNoConnection(Throwable failure) {
    return failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException;
  }

  /** Whether a body's handler or publisher threw it, so that it would fail again. */
  private static boolean isFromBody(IOException failure) {
    return failure.getCause() instanceof RuntimeException || failure.getCause() instanceof Error;
  }

  /**
   * The failure to connect inside a failure, if any: the JDK's client hides it where it may not
   * retry.
   */
  static IOException reasonOf(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException reason && isNoConnection(cause)) {
        return reason;
      }
    }
    return failure;
  }
}
