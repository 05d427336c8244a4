package dev.headway.http;

import java.util.List;

/**
 * How long to wait, as such: {@code Retry-After} (RFC 9110, section 10.2.3) in every form that is
 * seen, and its private namesakes. Of several the longest counts.
 */
final class RetryAfterDialect implements Dialect {

  private static final List<String> FIELDS =
      List.of(
          "retry-after",
          "x-retry-after",
          "x-ratelimit-retry-after",
          "x-rate-limit-retry-after",
          "x-rate-limit-retry-after-seconds");

  @Override
  public void read(ResponseFields fields, Findings found) {
    FIELDS.forEach(field -> fields.wait(field).ifPresent(found.waits::add));
  }
}
