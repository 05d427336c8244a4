package dev.headway.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a duration as people write it: an amount and a unit ({@code 250ms}, {@code 2s}, {@code
 * 1.5s}, {@code 1m}, {@code 1h}), or ISO 8601 ({@code PT2S}). It is never negative and at most 292
 * years, so that it fits a {@code long} of nanoseconds.
 */
public final class DurationConverter implements ITypeConverter<Duration> {

  private static final Pattern AMOUNT = Pattern.compile("(\\d+(?:\\.\\d+)?) ?(ms|s|m|h)");
  private static final String ALLOWED =
      "give an amount with its unit (ms, s, m or h), such as 250ms, 1.5s or 1m, or ISO 8601, such"
          + " as PT2S";

  /** Made by picocli. */
  public DurationConverter() {}

  @Override
  public Duration convert(String text) {
    return parse(text.strip().toLowerCase(Locale.ROOT))
        .orElseThrow(
            () -> new TypeConversionException("'" + text + "' is not a duration: " + ALLOWED));
  }

  private static Optional<Duration> parse(String text) {
    try {
      Matcher amount = AMOUNT.matcher(text);
      Duration duration =
          amount.matches() ? times(amount.group(1), amount.group(2)) : Duration.parse(text);
      return duration.isNegative()
          ? Optional.empty()
          : Optional.of(Duration.ofNanos(duration.toNanos()));
    } catch (ArithmeticException | DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Duration times(String amount, String unit) {
    ChronoUnit one =
        switch (unit) {
          case "ms" -> ChronoUnit.MILLIS;
          case "s" -> ChronoUnit.SECONDS;
          case "m" -> ChronoUnit.MINUTES;
          default -> ChronoUnit.HOURS;
        };
    BigDecimal nanosInOne = BigDecimal.valueOf(one.getDuration().toNanos());
    return Duration.ofNanos(new BigDecimal(amount).multiply(nanosInOne).longValueExact());
  }
}
