package dev.headway.http;

import java.util.List;
import java.util.stream.Stream;

/**
 * Anthropic: {@code anthropic-ratelimit-UNIT-limit}, {@code -remaining} and {@code -reset}, the
 * last as an instant (RFC 3339).
 */
final class AnthropicDialect implements Dialect {

  private static final List<QuotaFields> TABLE =
      Stream.of(Allowance.REQUESTS, "tokens", "input-tokens", "output-tokens")
          .map(unit -> QuotaFields.of(unit, "anthropic-ratelimit-" + unit + "-", ""))
          .toList();

  @Override
  public void read(ResponseFields fields, Findings found) {
    TABLE.forEach(row -> row.read(fields, found));
  }
}
