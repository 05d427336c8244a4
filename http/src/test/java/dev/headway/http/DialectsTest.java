package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits that vendors state, each with the example of its documentation. */
class DialectsTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static RateLimitHeaders read(String... fields) {
    return RateLimitHeaders.of(Fields.of(fields), NOW);
  }

  private static Quota quota(long remaining, String resetIn) {
    return new Quota(remaining, Duration.parse(resetIn));
  }

  private static long afterReset(String... fields) {
    return read(fields).allowances().getFirst().afterReset();
  }

  @Test
  void gitHub() {
    RateLimitHeaders primary =
        read(
            "x-ratelimit-limit", "60",
            "x-ratelimit-remaining", "0",
            "x-ratelimit-used", "60",
            "x-ratelimit-reset", "1772366430",
            "x-ratelimit-resource", "core");

    assertThat(primary.quota()).contains(quota(0, "PT30S"));
    assertThat(primary.pause()).contains(Duration.ofSeconds(30));
    assertThat(primary.asksToWait()).isTrue();
  }

  @Test
  void openAi() {
    RateLimitHeaders advice =
        read(
            "x-ratelimit-limit-requests", "60",
            "x-ratelimit-limit-tokens", "150000",
            "x-ratelimit-remaining-requests", "59",
            "x-ratelimit-remaining-tokens", "149984",
            "x-ratelimit-reset-requests", "1s",
            "x-ratelimit-reset-tokens", "6m0s");

    assertThat(advice.quota()).contains(quota(59, "PT1S"));
    assertThat(advice.budgets()).isEqualTo(Map.of("tokens", quota(149_984, "PT6M")));
    assertThat(advice.pause()).isEmpty();
    assertThat(
            read(
                    "x-ratelimit-remaining-tokens", "0",
                    "x-ratelimit-reset-tokens", "2.5s",
                    "x-ratelimit-remaining-requests", "3",
                    "x-ratelimit-reset-requests", "120ms")
                .pause())
        .contains(Duration.ofMillis(2_500));
  }

  @Test
  void anthropic() {
    RateLimitHeaders advice =
        read(
            "anthropic-ratelimit-requests-limit", "50",
            "anthropic-ratelimit-requests-remaining", "0",
            "anthropic-ratelimit-requests-reset", "2026-03-01T12:00:03Z",
            "anthropic-ratelimit-tokens-limit", "80000",
            "anthropic-ratelimit-tokens-remaining", "70000",
            "anthropic-ratelimit-tokens-reset", "2026-03-01T12:00:10Z",
            "anthropic-ratelimit-input-tokens-limit", "50000",
            "anthropic-ratelimit-input-tokens-remaining", "0",
            "anthropic-ratelimit-input-tokens-reset", "2026-03-01T12:01:00Z",
            "anthropic-ratelimit-output-tokens-limit", "8000",
            "anthropic-ratelimit-output-tokens-remaining", "7000",
            "anthropic-ratelimit-output-tokens-reset", "2026-03-01T12:00:20Z");

    assertThat(advice.quota()).contains(quota(0, "PT3S"));
    assertThat(advice.budgets())
        .isEqualTo(
            Map.of(
                "tokens", quota(70_000, "PT10S"),
                "input-tokens", quota(0, "PT1M"),
                "output-tokens", quota(7_000, "PT20S")));
    assertThat(advice.pause()).contains(Duration.ofMinutes(1));
  }

  @Test
  void azure() {
    assertThat(read("x-ms-retry-after-ms", "1234").retryAfter()).contains(Duration.ofMillis(1_234));
    assertThat(
            read(
                    "Retry-After", "10",
                    "x-ms-ratelimit-remaining-subscription-reads", "0")
                .pause())
        .contains(Duration.ofSeconds(10));
    assertThat(
            read(
                    "X-RateLimit-Resource", "AnalysisService",
                    "X-RateLimit-Delay", "0.250",
                    "X-RateLimit-Limit", "200",
                    "X-RateLimit-Remaining", "0",
                    "X-RateLimit-Reset", "1772366430")
                .quota())
        .contains(quota(0, "PT30S"));
  }

  @Test
  void discord() {
    RateLimitHeaders advice =
        read(
            "X-RateLimit-Limit", "5",
            "X-RateLimit-Remaining", "0",
            "X-RateLimit-Reset", "1772366464.123",
            "X-RateLimit-Reset-After", "64.57",
            "X-RateLimit-Bucket", "abcd1234",
            "X-RateLimit-Scope", "user");

    assertThat(advice.quota()).contains(quota(0, "PT1M4.57S"));
    assertThat(read("Retry-After", "65", "X-RateLimit-Global", "true").pause())
        .contains(Duration.ofSeconds(65));
  }

  @ParameterizedTest
  @CsvSource({
    "32/40, 8, PT16S",
    "1/40, 39, PT0.5S",
    "40/40, 0, PT0.5S",
    "41/40, 0, PT1S",
    "80/80, 0, PT0.25S",
    "400/400, 0, PT0.05S",
    "' 40 / 40 ', 0, PT0.5S",
  })
  void shopify(String value, long remaining, Duration resetIn) {
    for (String field :
        List.of("X-Shopify-Shop-Api-Call-Limit", "X-Recharge-Limit", "x-api-call-limit")) {
      assertThat(read(field, value).quota()).contains(new Quota(remaining, resetIn));
    }
  }

  @Test
  void aFullBucketOfShopifyTakesOneMoreAtATime() {
    assertThat(afterReset("X-Shopify-Shop-Api-Call-Limit", "40/40")).isEqualTo(1);
    assertThat(afterReset("X-Shopify-Shop-Api-Call-Limit", "30/40")).isEqualTo(40);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0/0", "40", "/40", "40/", "-1/40", "a/b", "99999999999/40", "1/2/3"})
  void aBucketThatIsNoneIsAsIfItWereNotThere(String value) {
    assertThat(read("X-Shopify-Shop-Api-Call-Limit", value).quota()).isEmpty();
  }

  @Test
  void jiraCloud() {
    assertThat(
            read(
                    "Retry-After", "1847",
                    "X-RateLimit-Limit", "40000",
                    "X-RateLimit-Remaining", "0",
                    "X-RateLimit-Reset", "2026-03-01T12:31Z",
                    "X-RateLimit-NearLimit", "true",
                    "RateLimit-Reason", "jira-quota-global-based")
                .quota())
        .contains(quota(0, "PT31M"));
    RateLimitHeaders beta =
        read(
            "Beta-RateLimit-Policy", "\"global-app-quota\";q=65000;w=3600",
            "Beta-RateLimit", "\"global-app-quota\";r=0;t=600");
    assertThat(beta.quota()).contains(quota(0, "PT10M"));
    assertThat(beta.policies()).hasSize(1);
  }

  @Test
  void jiraDataCenter() {
    String[] fields = {
      "X-RateLimit-Limit", "500",
      "X-RateLimit-Remaining", "0",
      "X-RateLimit-Interval-Seconds", "60",
      "X-RateLimit-FillRate", "20"
    };

    assertThat(read(fields).quota()).contains(quota(0, "PT1M"));
    assertThat(afterReset(fields)).isEqualTo(20);
  }

  @Test
  void anIntervalIsNotNeededWhereThereIsAReset() {
    assertThat(
            read(
                    "X-RateLimit-Remaining", "0",
                    "X-RateLimit-Reset", "7",
                    "X-RateLimit-Interval-Seconds", "60")
                .quota())
        .contains(quota(0, "PT7S"));
  }

  @Test
  void slack() {
    assertThat(read("Retry-After", "30").pause()).contains(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @CsvSource({
    "x-rate-limit-reset, 1772366430",
    "X-RateLimit-Reset, 30",
    "X-RateLimit-Reset-After, 30.0",
    "x-ratelimit-reset-requests, 30s",
    "x-ratelimit-reset-tokens, 30s",
    "RateLimit-Reset, 30",
    "anthropic-ratelimit-requests-reset, 2026-03-01T12:00:30Z",
  })
  void aResetAloneIsAPauseForTheRefusedOnly(String field, String value) {
    RateLimitHeaders advice = read(field, value);

    assertThat(advice.quota()).isEmpty();
    assertThat(advice.pause()).contains(Duration.ofSeconds(30));
    assertThat(advice.asksToWait()).isFalse();
    assertThat(read(field, value, "x-rate-limit-limit", "9").pause())
        .contains(Duration.ofSeconds(30));
  }

  @Test
  void otherUnitsAreOfBudgets() {
    RateLimitHeaders advice =
        read(
            "RateLimit-Policy",
            "\"b\";q=65535;w=10;qu=\"content-bytes\", \"n\";q=10;w=60",
            "RateLimit",
            "\"b\";r=0;t=9, \"n\";r=7;t=20");

    assertThat(advice.budgets()).isEqualTo(Map.of("content-bytes", quota(0, "PT9S")));
    assertThat(advice.quota()).contains(quota(7, "PT20S"));
    assertThat(advice.pause()).isEmpty();
    assertThat(read("RateLimit", "\"n\";r=0;t=9").allowances())
        .containsExactly(
            new Allowance(Allowance.REQUESTS, 0, Duration.ofSeconds(9), Long.MAX_VALUE));
  }

  @Test
  void theSizeOfALimitIsKnownInEveryDialect() {
    assertThat(afterReset("RateLimit-Policy", "\"a\";q=10;w=60", "RateLimit", "\"a\";r=0;t=9"))
        .isEqualTo(10);
    assertThat(afterReset("RateLimit", "limit=10, remaining=0, reset=9")).isEqualTo(10);
    assertThat(
            afterReset(
                "X-RateLimit-Limit", "10", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "9"))
        .isEqualTo(10);
    assertThat(
            afterReset(
                "anthropic-ratelimit-requests-limit", "10",
                "anthropic-ratelimit-requests-remaining", "0",
                "anthropic-ratelimit-requests-reset", "2026-03-01T12:01:00Z"))
        .isEqualTo(10);
  }

  @Test
  void anOldLimitFieldStatesPoliciesToo() {
    assertThat(read("RateLimit-Limit", "100, 100;w=60, 5000;w=3600").policies())
        .extracting(Object::toString)
        .containsExactly("100/m", "5000/h");
  }
}
