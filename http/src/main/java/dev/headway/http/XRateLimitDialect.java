package dev.headway.http;

import java.util.List;
import java.util.stream.Stream;

/**
 * A field each for a limit, for what is left, and for the reset, as most services have them, with
 * and without {@code X-}. They were never specified: a reset is read as what it looks like, and one
 * that ends in {@code -After} is preferred, since it needs no clock.
 */
final class XRateLimitDialect implements Dialect {

  private static final List<QuotaFields> TABLE =
      Stream.of("x-ratelimit-", "x-rate-limit-", "ratelimit-")
          .map(prefix -> QuotaFields.of(Allowance.REQUESTS, prefix, ""))
          .toList();

  @Override
  public void read(ResponseFields fields, Findings found) {
    TABLE.forEach(row -> row.read(fields, found));
  }
}
