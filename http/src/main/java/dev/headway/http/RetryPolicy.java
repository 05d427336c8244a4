package dev.headway.http;

import dev.headway.Retry;
import dev.headway.http.ResponseMeaning.Retryable;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which requests are retried, and how often.
 *
 * @param responses what responses mean
 * @param retry the number of retries and the backoff; it allows every failure
 * @param anyMethod whether requests are retried that the server may then carry out twice
 * @param maxRefused how long a host may refuse every request without a hint before it is given up
 * @param maxPause the longest pause that a request waits for
 */
record RetryPolicy(
    ResponsePolicy responses,
    Retry retry,
    boolean anyMethod,
    Duration maxRefused,
    Duration maxPause) {

  /** RFC 9110, section 9.2.2; QUERY is of draft-ietf-httpbis-safe-method-w-body. */
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY");

  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private boolean allows(HttpRequest request, ResponseMeaning meaning) {
    return meaning instanceof Retryable retryable
        && (retryable.anyMethod()
            || anyMethod
            || IDEMPOTENT.contains(request.method())
            || request.headers().firstValue(IDEMPOTENCY_KEY).isPresent());
  }

  /** The wait before a request is retried; empty if its response is final. */
  Optional<Duration> retryAfter(
      HttpRequest request,
      int status,
      ResponseMeaning meaning,
      RateLimitHeaders advice,
      int failures) {
    IOException failure = new IOException("the server answered " + status);
    if (!allows(request, meaning) || !retry.allows(failures, failure)) {
      return Optional.empty();
    }
    Duration backoff = retry.delay(failures);
    Optional<Duration> asked = advice.retryAfter().filter(longer -> longer.compareTo(backoff) > 0);
    return asked.or(() -> Optional.of(backoff));
  }

  /** The wait before a request without a response is retried; empty if it is not. */
  Optional<Duration> retryAfter(HttpRequest request, IOException failure, int failures) {
    boolean may = !Failures.isFromBody(failure) && allows(request, responses.meaningOf(failure));
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
}
