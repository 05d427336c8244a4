package dev.headway.http;

import dev.headway.limit.Rate;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The rate limit fields of a response. Fields that cannot be parsed are ignored.
 *
 * @param retryAfter the wait that the server asks for: {@code Retry-After}, in seconds or as a date
 *     (RFC 9110, section 10.2.3)
 * @param quota the remaining quota: {@code RateLimit} (draft-ietf-httpapi-ratelimit-headers, the
 *     latest form and its predecessors), or else {@code X-RateLimit-Remaining} and {@code
 *     X-RateLimit-Reset}; of several, the one with the smallest remaining count
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
   * @param received when it was received; the server's {@code Date} is preferred, so clocks may
   *     differ
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

  /** Most responses have no such field, and this is the only check for them. */
  private static boolean isOfLimits(String field) {
    String name = field.toLowerCase(Locale.ROOT);
    return name.equals("retry-after") || name.contains("rate");
  }

  /** The wait after a refusal, if the server gives one in any field. */
  public Optional<Duration> pause() {
    return retryAfter.or(() -> quota.filter(q -> q.remaining() == 0).map(Quota::resetIn));
  }
}
