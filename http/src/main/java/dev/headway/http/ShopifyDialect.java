package dev.headway.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shopify, and those that imitate it: {@code 32/40} is a leaky bucket of 40 that holds 32 requests.
 * Every bucket of theirs, whatever its size, leaks empty in 20 seconds: a full one of 40 has room
 * for one more request after half a second.
 */
final class ShopifyDialect implements Dialect {

  private static final List<String> FIELDS =
      List.of("x-shopify-shop-api-call-limit", "x-api-call-limit", "x-recharge-limit");

  private static final Pattern USED_OF_LIMIT = Pattern.compile("(\\d{1,9})\\s*/\\s*(\\d{1,9})");
  private static final Duration LEAKS_EMPTY_IN = Duration.ofSeconds(20);

  @Override
  public void read(ResponseFields fields, Findings found) {
    FIELDS.forEach(field ->
        fields.first(field).flatMap(ShopifyDialect::allowance).ifPresent(found.allowances::add));
  }

  private static Optional<Allowance> allowance(String text) {
    Matcher matcher = USED_OF_LIMIT.matcher(text.strip());
    if (!matcher.matches() || Long.parseLong(matcher.group(2)) == 0) {
      return Optional.empty();
    }
    long used = Long.parseLong(matcher.group(1));
    long limit = Long.parseLong(matcher.group(2));
    Duration leaksOne = LEAKS_EMPTY_IN.dividedBy(limit);
    return Optional.of(
        used >= limit
            ? new Allowance(Allowance.REQUESTS, 0, leaksOne.multipliedBy(used - limit + 1), 1)
            : new Allowance(Allowance.REQUESTS, limit - used, leaksOne.multipliedBy(used), limit));
  }
}
