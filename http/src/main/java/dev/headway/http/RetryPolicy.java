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
 * Which requests are sent again, and how often.
 *
 * @param retry how often and after how long; it allows every failure
 * @param anyMethod whether methods are retried that may then be carried out twice
 * @param maxRefused after how long a host that does nothing but refuse, without saying for how
 *     long, is given up
 * @param maxPause the longest pause that is waited for
 */
record RetryPolicy(Retry retry, boolean anyMethod, Duration maxRefused, Duration maxPause) {

  /** RFC 9110, section 9.2.2. */
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

  /** Failures of the server, or of one before it (520 to 530 are Cloudflare's), that may pass. */
  private static final Set<Integer> TRANSIENT =
      Set.of(408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 530);

  /** Too Many Requests, and what some services answer instead. */
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
    return status == FORBIDDEN && advice.asksToWait();
  }

  private boolean allows(HttpRequest request) {
    return anyMethod || IDEMPOTENT.contains(request.method());
  }

  /** How long to wait before a request is retried; empty if its response is final. */
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
   * How long to wait before a request is retried that got no response; empty if it is not. Any
   * method is retried that never reached the server.
   */
  Optional<Duration> retryAfter(HttpRequest request, IOException failure, int failures) {
    boolean may = isNoConnection(failure) || (allows(request) && !isFromBody(failure));
    return may && retry.allows(failures, failure)
        ? Optional.of(retry.delay(failures))
        : Optional.empty();
  }

  /**
   * Whether a refused request is not sent again.
   *
   * @param refusals how often it has been refused
   * @param pause the pause that its host gets now
   */
  boolean givesUp(long refusals, HostRefusals.Decision pause) {
    return !retry.allowsThrottled(refusals)
        || pause.pause().compareTo(maxPause) > 0
        || pause.withoutHint().compareTo(maxRefused) > 0;
  }

  private static boolean isNoConnection(Throwable failure) {
    return failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException;
  }

  /** Whether it comes from a body's handler or publisher, which would fail again. */
  private static boolean isFromBody(IOException failure) {
    return failure.getCause() instanceof RuntimeException || failure.getCause() instanceof Error;
  }

  /**
   * A failure to connect, if that is behind one: the JDK's client hides it where it may not retry.
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
