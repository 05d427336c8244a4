package dev.headway.http;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses times in HTTP fields: seconds, dates, instants since 1970, and texts such as 6m0s. */
final class HttpTimes {

  private static final BigDecimal LATEST_DELTA = new BigDecimal("1e9");
  private static final BigDecimal EARLIEST_MILLIS = new BigDecimal("1e11");
  private static final Duration LONGEST = Duration.ofDays(36_500);
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}(\\.\\d{1,18})?");
  private static final Pattern UNITS =
      Pattern.compile(
          "(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9}(?:\\.\\d{1,9})?)s)?(?:(\\d{1,9})ms)?");

  private static final DateTimeFormatter ASCTIME =
      new DateTimeFormatterBuilder()
          .appendPattern("EEE MMM ")
          .padNext(2)
          .appendValue(ChronoField.DAY_OF_MONTH)
          .appendPattern(" HH:mm:ss yyyy")
          .toFormatter(Locale.ENGLISH);

  private HttpTimes() {}

  /** An HTTP date, in any of the three forms of RFC 9110, section 5.6.7. */
  static Optional<Instant> date(String text, Instant now) {
    String date = text.strip();
    return date(date, DateTimeFormatter.RFC_1123_DATE_TIME)
        .or(() -> date(date, ASCTIME))
        .or(() -> date(date, rfc850(now)));
  }

  private static Optional<Instant> date(String text, DateTimeFormatter form) {
    try {
      return Optional.of(form.withZone(ZoneOffset.UTC).parse(text, Instant::from));
    } catch (DateTimeException notThisForm) {
      return Optional.empty();
    }
  }

  /** The form with a two-digit year, which is at most 50 years ahead. */
  private static DateTimeFormatter rfc850(Instant now) {
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern("EEEE, dd-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, now.atOffset(ZoneOffset.UTC).getYear() - 49)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.ENGLISH);
  }

  /** A wait: seconds, or until a date. */
  static Optional<Duration> wait(String text, Instant now) {
    return number(text).map(HttpTimes::seconds).or(() -> date(text, now).map(at -> until(at, now)));
  }

  /**
   * The time until a reset, which services give in several forms: seconds to wait, seconds or
   * milliseconds since 1970, a date, or a text such as {@code 6m0s}.
   */
  static Optional<Duration> reset(String text, Instant now) {
    Optional<BigDecimal> number = number(text);
    if (number.isPresent()) {
      BigDecimal value = number.get();
      if (value.compareTo(LATEST_DELTA) < 0) {
        return Optional.of(seconds(value));
      }
      BigDecimal since1970 = value.compareTo(EARLIEST_MILLIS) < 0 ? value : value.movePointLeft(3);
      Duration since = seconds(since1970);
      return Optional.of(until(Instant.EPOCH.plus(since), now));
    }
    return units(text).or(() -> date(text, now).map(at -> until(at, now)));
  }

  /** A whole number that is not negative, such as a remaining count. */
  static Optional<Long> count(String text) {
    return number(text).map(BigDecimal::longValue);
  }

  private static Optional<BigDecimal> number(String text) {
    String stripped = text.strip();
    return NUMBER.matcher(stripped).matches()
        ? Optional.of(new BigDecimal(stripped))
        : Optional.empty();
  }

  private static Optional<Duration> units(String text) {
    Matcher matcher = UNITS.matcher(text.strip());
    if (text.isBlank() || !matcher.matches()) {
      return Optional.empty();
    }
    long[] secondsEach = {86_400, 3_600, 60, 1};
    Duration sum = Duration.ZERO;
    for (int i = 0; i < secondsEach.length; i++) {
      if (matcher.group(i + 1) != null) {
        BigDecimal count = new BigDecimal(matcher.group(i + 1));
        sum = sum.plus(seconds(count.multiply(BigDecimal.valueOf(secondsEach[i]))));
      }
    }
    String millis = matcher.group(secondsEach.length + 1);
    return Optional.of(millis == null ? sum : sum.plusMillis(Long.parseLong(millis)));
  }

  /** This many seconds, up to the longest wait. */
  static Duration seconds(BigDecimal seconds) {
    BigDecimal most = BigDecimal.valueOf(LONGEST.toSeconds());
    return Duration.ofNanos(seconds.min(most).movePointRight(9).longValue());
  }

  private static Duration until(Instant at, Instant now) {
    Duration wait = Duration.between(now, at);
    return wait.isNegative() ? Duration.ZERO : wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
