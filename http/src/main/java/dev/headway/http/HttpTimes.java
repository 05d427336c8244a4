package dev.headway.http;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses times in HTTP fields: seconds, dates, instants, numbers since 1970, and texts such as
 * 6m0s.
 */
final class HttpTimes {

  private static final BigDecimal EARLIEST_EPOCH = new BigDecimal("1e9");
  private static final BigDecimal EARLIEST_EPOCH_MILLIS = new BigDecimal("1e12");

  /** A number that would be an instant later than this is none, but a wait. */
  private static final Duration LATEST_EPOCH = Duration.ofDays(3_653);

  private static final Duration LONGEST = Duration.ofDays(36_500);

  /** The members of a list that are looked at. */
  private static final int MOST_MEMBERS = 32;

  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}(\\.\\d{1,18})?");
  private static final Pattern UNIT =
      Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(d|h|ms|m|s|us|µs|ns)");
  private static final Pattern UNITS = Pattern.compile("(?:" + UNIT.pattern() + ")+");
  private static final Map<String, BigDecimal> SECONDS =
      Map.of(
          "d", new BigDecimal(86_400),
          "h", new BigDecimal(3_600),
          "m", new BigDecimal(60),
          "s", BigDecimal.ONE,
          "ms", new BigDecimal("1e-3"),
          "us", new BigDecimal("1e-6"),
          "µs", new BigDecimal("1e-6"),
          "ns", new BigDecimal("1e-9"));

  private static final DateTimeFormatter ASCTIME =
      new DateTimeFormatterBuilder()
          .appendPattern("EEE MMM ")
          .padNext(2)
          .appendValue(ChronoField.DAY_OF_MONTH)
          .appendPattern(" HH:mm:ss yyyy")
          .toFormatter(Locale.ENGLISH);

  /** ISO 8601 with a date and a time, of which the seconds and the zone may be missing. */
  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("['T'][ ]")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[ ]")
          .optionalStart()
          .appendLiteral("UTC")
          .optionalEnd()
          .optionalStart()
          .appendOffset("+HHMM", "Z")
          .optionalEnd()
          .optionalStart()
          .appendOffset("+HH:mm", "Z")
          .optionalEnd()
          .toFormatter(Locale.ROOT);

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

  /**
   * A wait, which services give in several forms: seconds, seconds or milliseconds since 1970, a
   * text such as {@code 6m0s}, an HTTP date or an ISO instant. Of a list the longest.
   */
  static Optional<Duration> wait(String text, Instant now) {
    return withoutComma(text, now)
        .or(() -> untilDate(text, now))
        .or(() -> longest(text.split(",", MOST_MEMBERS), now));
  }

  private static Optional<Duration> longest(String[] members, Instant now) {
    List<Duration> found = new ArrayList<>();
    for (int i = 0; i < members.length; i++) {
      // A date has a comma of its own.
      Optional<Duration> date =
          i + 1 < members.length
              ? untilDate(members[i] + "," + members[i + 1], now)
              : Optional.empty();
      if (date.isPresent()) {
        found.add(date.get());
        i++;
      } else {
        withoutComma(members[i], now).ifPresent(found::add);
      }
    }
    return found.stream().max(Duration::compareTo);
  }

  private static Optional<Duration> untilDate(String text, Instant now) {
    return date(text, now).map(at -> until(at, now));
  }

  private static Optional<Duration> withoutComma(String text, Instant now) {
    String stripped = text.strip();
    return number(stripped)
        .map(number -> wait(number, now))
        .or(() -> units(stripped))
        .or(() -> date(stripped, ISO).map(at -> until(at, now)));
  }

  /** A number is an instant if it would be one of this time, and else a wait in seconds. */
  private static Duration wait(BigDecimal number, Instant now) {
    BigDecimal latest = BigDecimal.valueOf(now.plus(LATEST_EPOCH).getEpochSecond());
    BigDecimal millis = number.movePointLeft(3);
    boolean isMillis = number.compareTo(EARLIEST_EPOCH_MILLIS) >= 0 && millis.compareTo(latest) < 0;
    boolean isSeconds = number.compareTo(EARLIEST_EPOCH) >= 0 && number.compareTo(latest) < 0;
    return isMillis || isSeconds
        ? until(Instant.EPOCH.plus(seconds(isMillis ? millis : number)), now)
        : seconds(number);
  }

  /** So many milliseconds. */
  static Optional<Duration> millis(String text) {
    return number(text).map(number -> seconds(number.movePointLeft(3)));
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
    if (!UNITS.matcher(text).matches()) {
      return Optional.empty();
    }
    BigDecimal sum = BigDecimal.ZERO;
    Matcher matcher = UNIT.matcher(text);
    while (matcher.find()) {
      BigDecimal unit = Objects.requireNonNull(SECONDS.get(matcher.group(2)));
      sum = sum.add(new BigDecimal(matcher.group(1)).multiply(unit));
    }
    return Optional.of(seconds(sum));
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
