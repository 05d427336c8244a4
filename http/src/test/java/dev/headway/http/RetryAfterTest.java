package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a server asks to be left alone. */
class RetryAfterTest {

  private static final Instant NOW = Instant.parse("1994-11-06T08:49:07Z");

  private static RateLimitHeaders advice(String... fields) {
    return RateLimitHeaders.of(Fields.of(fields), NOW);
  }

  @ParameterizedTest
  @CsvSource({
    "120, PT2M",
    "0, PT0S",
    "' 7 ', PT7S",
    "1.5, PT1.5S",
    "00003, PT3S",
    "86400, P1D",
  })
  void secondsAreAWait(String text, Duration wait) {
    assertThat(advice("Retry-After", text).retryAfter()).contains(wait);
  }

  @ParameterizedTest
  @CsvSource({
    "1m0s, PT1M",
    "5s, PT5S",
    "6m0s, PT6M",
    "1h30m, PT1H30M",
    "2.5s, PT2.5S",
    "1.5m, PT1M30S",
    "250ms, PT0.25S",
    "1.5ms, PT0.0015S",
    "500µs, PT0.0005S",
    "3d12h, P3DT12H",
  })
  void aNumberWithUnitsIsAWait(String text, Duration wait) {
    assertThat(advice("Retry-After", text).retryAfter()).contains(wait);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1994-11-06T08:49:37Z",
        "1994-11-06t08:49:37.000z",
        "1994-11-06T09:49:37+01:00",
        "1994-11-06T03:19:37-0530",
        "1994-11-06 08:49:37 UTC",
        "1994-11-06T08:49:37",
      })
  void anIsoInstantIsAWaitUntilThen(String text) {
    assertThat(advice("Retry-After", text).retryAfter()).contains(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @CsvSource({
    "1772366430, PT30S",
    "1772366430.5, PT30.5S",
    "1772366430500, PT30.5S",
    "1772366000, PT0S",
  })
  void aNumberSince1970IsAWaitUntilThen(String text, Duration wait) {
    RateLimitHeaders advice =
        RateLimitHeaders.of(Fields.of("Retry-After", text), Instant.parse("2026-03-01T12:00:00Z"));

    assertThat(advice.retryAfter()).contains(wait);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5, 30",
        "30,5",
        "1,30",
        "30, soon",
        "soon, 30, 5",
        "10, Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT, 10",
        "10s, 1994-11-06T08:49:37Z",
      })
  void ofAListTheLongestCounts(String text) {
    assertThat(advice("Retry-After", text).retryAfter()).contains(Duration.ofSeconds(30));
  }

  @Test
  void ofSeveralFieldsTheLongestCounts() {
    assertThat(advice("Retry-After", "5", "Retry-After", "1m", "Retry-After", "7").retryAfter())
        .contains(Duration.ofMinutes(1));
    assertThat(advice("Retry-After", "2", "retry-after-ms", "2500").retryAfter())
        .contains(Duration.ofMillis(2_500));
    assertThat(advice("Retry-After", "3", "retry-after-ms", "2500").retryAfter())
        .contains(Duration.ofSeconds(3));
  }

  @ParameterizedTest
  @CsvSource({
    "retry-after-ms, 2500",
    "x-ms-retry-after-ms, 2500",
    "X-Retry-After, 2.5",
    "X-RateLimit-Retry-After, 2.5",
    "X-Rate-Limit-Retry-After, 2.5",
    "X-Rate-Limit-Retry-After-Seconds, 2.5",
  })
  void privateFieldsAreAWaitToo(String field, String value) {
    assertThat(advice(field, value).retryAfter()).contains(Duration.ofMillis(2_500));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-5", "soon", "", "2.5s", "1e3"})
  void millisecondsThatAreNoNumberAreAsIfTheyWereNotThere(String value) {
    assertThat(advice("retry-after-ms", value).retryAfter()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        " sun, 06 nov 1994 08:49:37 gmt ",
        "Sun, 06 Nov 1994 09:49:37 +0100",
      })
  void aDateInAnyHttpFormIsAWaitUntilThen(String date) {
    assertThat(advice("Retry-After", date).retryAfter()).contains(Duration.ofSeconds(30));
  }

  @Test
  void aDateOfTwoDigitsIsAtMostFiftyYearsAhead() {
    Instant now = Instant.parse("2026-06-01T00:00:00Z");

    assertThat(HttpTimes.date("Friday, 01-Jan-27 00:00:00 GMT", now))
        .contains(Instant.parse("2027-01-01T00:00:00Z"));
    assertThat(HttpTimes.date("Saturday, 01-Jan-77 00:00:00 GMT", now))
        .contains(Instant.parse("1977-01-01T00:00:00Z"));
  }

  @Test
  void aDateIsRelativeToTheServersOwnClock() {
    RateLimitHeaders advice =
        advice(
            "Date",
            "Wed, 01 Jan 2020 00:00:00 GMT",
            "Retry-After",
            "Wed, 01 Jan 2020 00:00:09 GMT");

    assertThat(advice.retryAfter()).contains(Duration.ofSeconds(9));
  }

  @Test
  void aDateFieldThatIsNoneLeavesOurClock() {
    RateLimitHeaders advice = advice("Date", "now", "Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT");

    assertThat(advice.retryAfter()).contains(Duration.ofMinutes(1));
  }

  @Test
  void aDateThatIsOverIsNoWait() {
    assertThat(advice("Retry-After", "Sat, 05 Nov 1994 08:49:37 GMT").retryAfter())
        .contains(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "+5",
        "soon",
        "1e3",
        "0x10",
        "NaN",
        "99999999999999999999",
        "Sun, 06 Nov 1994",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "٣",
      })
  void whatIsNotAWaitIsAsIfItWereNotThere(String text) {
    assertThat(advice("Retry-After", text).retryAfter()).isEmpty();
    assertThat(advice("Retry-After", text).pause()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"999999999999999999", "3153600001", "Fri, 31 Dec 9999 23:59:59 GMT"})
  void aHugeWaitIsOneThatCanBeCounted(String text) {
    assertThat(advice("Retry-After", text).retryAfter()).contains(Duration.ofDays(36_500));
  }

  @Test
  void aFieldsNameMayBeInAnyCase() {
    assertThat(advice("rEtRy-aFtEr", "4").retryAfter()).contains(Duration.ofSeconds(4));
  }

  @Test
  void aWaitOfZeroGivesWayToAReset() {
    assertThat(advice("RateLimit", "\"a\";r=0;t=8", "Retry-After", "0").pause())
        .contains(Duration.ofSeconds(8));
    assertThat(advice("Retry-After", "0").pause()).contains(Duration.ZERO);
  }

  @Test
  void whoHasNothingLeftIsLeftAloneUntilItIsReset() {
    assertThat(advice("RateLimit", "\"a\";r=0;t=8").pause()).contains(Duration.ofSeconds(8));
    assertThat(advice("RateLimit", "\"a\";r=1;t=8").pause()).isEmpty();
    assertThat(advice("RateLimit", "\"a\";r=0;t=8", "Retry-After", "2").pause())
        .contains(Duration.ofSeconds(2));
  }
}
