package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Rate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers say is left, in all the ways that they have of saying it. */
class RateLimitFieldsTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static RateLimitHeaders advice(String... fields) {
    return RateLimitHeaders.of(Fields.of(fields), NOW);
  }

  private static Optional<Quota> quota(String... fields) {
    return advice(fields).quota();
  }

  private static Quota quota(long remaining, long seconds) {
    return new Quota(remaining, Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"default\";r=50;t=30",
        "\"default\";t=30;r=50",
        "  \"default\" ; r=50 ;t=30  ",
        "default;r=50;t=30",
        "\"a,b;r=1;t=1\";r=50;t=30",
        "\"say \\\"r=1;t=1\\\", please\";r=50;t=30",
        "\"default\";r=50;t=30;pk=:dHJpYWwxMjEzMjM=:",
        "\"default\";pk=\"x;r=3,4\";r=50;t=30",
        "\"empty\", \"default\";r=50;t=30",
      })
  void aNamedItemSaysWhatIsLeft(String field) {
    assertThat(quota("RateLimit", field)).contains(quota(50, 30));
  }

  @Test
  void ofSeveralItemsTheOneHoldsThatLeavesLeast() {
    assertThat(quota("RateLimit", "\"day\";r=900;t=3600, \"minute\";r=5;t=30"))
        .contains(quota(5, 30));
    assertThat(quota("RateLimit", "\"minute\";r=0;t=30", "RateLimit", "\"day\";r=0;t=3600"))
        .contains(quota(0, 3600));
  }

  @Test
  void whatIsNotCountedInRequestsIsNotOurs() {
    String[] fields = {
      "RateLimit-Policy",
          "\"size\";q=100000;w=60;qu=\"content-bytes\", \"n\";q=10;w=60;qu=\"requests\"",
      "RateLimit", "\"size\";r=1;t=9, \"n\";r=7;t=20"
    };

    assertThat(quota(fields)).contains(quota(7, 20));
    assertThat(advice(fields).policies()).containsExactly(Rate.parse("10/m"));
  }

  @Test
  void withoutAResetTheWindowOfThePolicyOfThatNameHolds() {
    String policy = "\"a\";q=10;w=60, \"b,c\";q=5;w=7";

    assertThat(quota("RateLimit", "\"b,c\";r=4", "RateLimit-Policy", policy)).contains(quota(4, 7));
    assertThat(quota("RateLimit", "\"x\";r=4", "RateLimit-Policy", policy)).isEmpty();
    assertThat(quota("RateLimit", "\"x\";r=4")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=100, remaining=50, reset=5",
        "remaining=50,reset=5,limit=100",
        "limit=100;w=60, remaining=50, reset=5",
        "limit=100,   remaining = 50 ,reset= 5 ",
      })
  void aDictionarySaysWhatIsLeft(String field) {
    assertThat(quota("RateLimit", field)).contains(quota(50, 5));
  }

  @Test
  void aDictionaryMayBeSpreadOverFields() {
    assertThat(quota("RateLimit", "limit=9, remaining=3", "RateLimit", "reset=5"))
        .contains(quota(3, 5));
  }

  @Test
  void aFieldEachSaysWhatIsLeft() {
    assertThat(quota("RateLimit-Limit", "100", "RateLimit-Remaining", "12", "RateLimit-Reset", "3"))
        .contains(quota(12, 3));
    assertThat(quota("RateLimit-Remaining", "12")).isEmpty();
    assertThat(quota("RateLimit-Reset", "12")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "20, PT20S",
    "0, PT0S",
    "0.5, PT0.5S",
    "999999999, P11574DT1H46M39S",
    "1772366410, PT10S",
    "1772366410.250, PT10.25S",
    "1772366410250, PT10.25S",
    "1772366300, PT0S",
    "'Sun, 01 Mar 2026 12:00:10 GMT', PT10S",
    "6m0s, PT6M",
    "1h2m3.5s, PT1H2M3.5S",
    "2d, P2D",
    "120ms, PT0.12S",
    "1m500ms, PT1M0.5S",
    "17ms, PT0.017S",
  })
  void aResetIsReadAsWhatItLooksLike(String reset, Duration expected) {
    for (String prefix : List.of("X-RateLimit-", "X-Rate-Limit-", "x-ratelimit-", "X-RATELIMIT-")) {
      assertThat(quota(prefix + "Remaining", "4", prefix + "Reset", reset))
          .as(prefix)
          .contains(new Quota(4, expected));
    }
  }

  @Test
  void aResetIsRelativeToTheServersOwnClock() {
    assertThat(
            quota(
                "Date", "Thu, 01 Jan 1970 00:00:00 GMT",
                "X-RateLimit-Remaining", "1",
                "X-RateLimit-Reset", "1000000007"))
        .contains(quota(1, 1_000_000_007));
  }

  @Test
  void requestsAreToldFromTokens() {
    assertThat(
            quota(
                "x-ratelimit-remaining-requests", "59",
                "x-ratelimit-reset-requests", "1s",
                "x-ratelimit-remaining-tokens", "0",
                "x-ratelimit-reset-tokens", "6m0s"))
        .contains(quota(59, 1));
  }

  @ParameterizedTest
  @CsvSource({"-1, 5", "many, 5", "'', 5", "4, -5", "4, ''", "4, 1e9", "4, never", "4, 5 s"})
  void whatIsNotANumberIsAsIfItWereNotThere(String remaining, String reset) {
    assertThat(quota("X-RateLimit-Remaining", remaining, "X-RateLimit-Reset", reset)).isEmpty();
  }

  @Test
  void hugeNumbersCanBeCounted() {
    long huge = 999_999_999_999_999_999L;

    assertThat(quota("RateLimit", "\"a\";r=" + huge + ";t=" + huge))
        .contains(new Quota(huge, Duration.ofDays(36_500)));
    assertThat(quota("X-RateLimit-Remaining", "" + huge, "X-RateLimit-Reset", "" + huge))
        .hasValueSatisfying(quota ->
            assertThat(quota.resetIn())
                .isBetween(Duration.ofDays(10_000), Duration.ofDays(36_500)));
  }

  @Test
  void policiesAreRates() {
    assertThat(advice("RateLimit-Policy", "\"burst\";q=100;w=60,\"day\";w=86400;q=5000").policies())
        .containsExactly(Rate.parse("100/m"), Rate.parse("5000/d"));
    assertThat(advice("RateLimit-Policy", "10, 10;w=1, 50;w=60;comment=\"a, b\"").policies())
        .containsExactly(Rate.parse("10/s"), Rate.parse("50/m"));
    assertThat(advice("RateLimit-Policy", "\"a\";q=0;w=60, \"b\";q=5;w=0, \"c\";q=5").policies())
        .isEmpty();
    assertThat(advice("RateLimit-Policy", "\"a\";q=5;w=999999999999999999").policies()).isEmpty();
  }

  @Test
  void nonsenseIsNeverAnError() {
    Random random = new Random(20260301);
    String[] names = {
      "Date",
      "Retry-After",
      "RateLimit",
      "RateLimit-Policy",
      "RateLimit-Remaining",
      "RateLimit-Reset",
      "X-RateLimit-Remaining",
      "X-RateLimit-Reset"
    };
    String[] pieces = {
      "\"",
      ";",
      ",",
      "=",
      "\\",
      " ",
      "r=",
      "t=",
      "q=",
      "w=",
      "qu=",
      "remaining=",
      "reset=",
      "d",
      "h",
      "m",
      "s",
      "ms",
      ".",
      "-",
      "9",
      "0",
      "999999999999999999",
      "Sun, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06-Nov-94",
      "\u0000",
      "\uD800",
      "é"
    };
    for (int round = 0; round < 20_000; round++) {
      String[] fields = new String[2 * names.length];
      for (int i = 0; i < names.length; i++) {
        fields[2 * i] = names[i];
        fields[2 * i + 1] = round % 2 == 0 ? bytes(random) : text(random, pieces);
      }
      RateLimitHeaders advice = advice(fields);
      assertThat(advice.retryAfter().orElse(Duration.ZERO))
          .isBetween(Duration.ZERO, Duration.ofDays(36_500));
      assertThat(advice.quota().map(Quota::remaining).orElse(0L)).isNotNegative();
      assertThat(advice.quota().map(Quota::resetIn).orElse(Duration.ZERO))
          .isBetween(Duration.ZERO, Duration.ofDays(36_500));
    }
  }

  private static String bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(40)];
    random.nextBytes(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String text(Random random, String[] pieces) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(pieces[random.nextInt(pieces.length)]);
    }
    return text.toString();
  }
}
