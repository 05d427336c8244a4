package dev.headway.http;

import java.util.List;

/**
 * OpenAI, and the services that imitate it: {@code x-ratelimit-remaining-requests} and {@code
 * x-ratelimit-remaining-tokens}, with resets such as {@code 6m0s}; {@code retry-after-ms}.
 */
final class OpenAiDialect implements Dialect {

  private static final List<QuotaFields> TABLE =
      List.of(
          QuotaFields.of(Allowance.REQUESTS, "x-ratelimit-", "-requests"),
          QuotaFields.of("tokens", "x-ratelimit-", "-tokens"));

  @Override
  public void read(ResponseFields fields, Findings found) {
    TABLE.forEach(row -> row.read(fields, found));
    fields.millis("retry-after-ms").ifPresent(found.waits::add);
  }
}
