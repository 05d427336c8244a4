package dev.headway.http;

import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The dialects that are read. Each response is read in all of them. */
final class Dialects {

  private static final List<Dialect> ALL =
      List.of(
          new RetryAfterDialect(),
          new RateLimitDialect(""),
          new XRateLimitDialect(),
          new OpenAiDialect(),
          new AnthropicDialect(),
          new AzureDialect(),
          new ShopifyDialect(),
          new JiraDialect());

  private Dialects() {}

  /** What the fields of a response state. */
  static Findings read(HttpHeaders headers, Instant received) {
    Findings found = new Findings();
    if (headers.map().keySet().stream().anyMatch(Dialects::isOfLimits)) {
      ResponseFields fields = ResponseFields.of(headers, received);
      ALL.forEach(dialect -> dialect.read(fields, found));
    }
    return found;
  }

  /** Most responses have no field that may be of limits, and nothing else is looked at. */
  private static boolean isOfLimits(String field) {
    String name = field.toLowerCase(Locale.ROOT);
    return name.contains("limit") || name.contains("retry-after");
  }
}
