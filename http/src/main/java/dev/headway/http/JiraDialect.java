package dev.headway.http;

import java.util.List;

/**
 * Jira: in the cloud {@code Beta-RateLimit} and {@code Beta-RateLimit-Policy}, in the form of the
 * IETF's drafts; in data centers a token bucket that is filled by {@code X-RateLimit-FillRate}
 * every {@code X-RateLimit-Interval-Seconds}.
 */
final class JiraDialect implements Dialect {

  private static final Dialect BETA = new RateLimitDialect("beta-");
  private static final QuotaFields BUCKET =
      new QuotaFields(
          Allowance.REQUESTS,
          "x-ratelimit-fillrate",
          "x-ratelimit-remaining",
          List.of("x-ratelimit-interval-seconds"));

  @Override
  public void read(ResponseFields fields, Findings found) {
    BETA.read(fields, found);
    // A reset is more exact than the interval.
    if (fields.wait("x-ratelimit-reset").isEmpty()) {
      BUCKET.read(fields, found);
    }
  }
}
