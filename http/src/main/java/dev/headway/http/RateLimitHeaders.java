package dev.headway.http;

import dev.headway.limit.Rate;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the fields of a response say about limits. What cannot be understood is as if it were not
 * there.
 *
 * @param retryAfter how long the client is asked to wait: {@code Retry-After}, in seconds or as a
 *     date (RFC 9110, section 10.2.3)
 * @param quota what is left: {@code RateLimit} (draft-ietf-httpapi-ratelimit-headers, the latest
 *     form and its predecessors), or else {@code X-RateLimit-Remaining} and {@code
 *     X-RateLimit-Reset}; of several, the one that leaves least
 * @param policies the server's limits on requests: {@code RateLimit-Policy}
 */
public record RateLimitHeaders(
    Optional<Duration> retryAfter, Optional<Quota> quota, List<Rate> policies) {

  private static final RateLimitHeaders NOTHING =
      new RateLimitHeaders(Optional.empty(), Optional.empty(), List.of());

  /** Keeps a copy of the list. */
  public RateLimitHeaders {
    policies = List.copyOf(policies);
  }

  /**
   * Reads the fields of a response.
   *
   * @param received when it was received; the server's own {@code Date} is preferred, so that
   *     clocks that differ do no harm
   */
  public static RateLimitHeaders of(HttpHeaders fields, Instant received) {
    if (fields.map().keySet().stream().noneMatch(RateLimitHeaders::isOfLimits)) {
      return NOTHING;
    }
    Instant now =
        fields.firstValue("Date").flatMap(text -> HttpTimes.date(text, received)).orElse(received);
    return new RateLimitHeaders(
        fields.firstValue("Retry-After").flatMap(text -> HttpTimes.wait(text, now)),
        RateLimitFields.quota(fields, now),
        RateLimitFields.policies(fields));
  }

  /** Most responses have no field that may be of limits, and nothing else is looked at. */
  private static boolean isOfLimits(String field) {
    String name = field.toLowerCase(Locale.ROOT);
    return name.equals("retry-after") || name.contains("rate");
  }

  /** How long to wait after having been refused, if the server said so in any way. */
  public Optional<Duration> pause() {
    return retryAfter.or(() -> quota.filter(q -> q.remaining() == 0).map(Quota::resetIn));
  }
}
