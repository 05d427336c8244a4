package dev.headway.limit;

import dev.headway.time.Durations;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of permits per period: {@code 3/s}, {@code 12/37m}, {@code 100/500ms}.
 *
 * <p>Two rates are equal if they promise the same: {@code 60/60s} is {@code 60/m}, but {@code 4/2s}
 * is not {@code 2/s}, since all four may start in the first second.
 *
 * @param permits the permits of a period, 1 to 10<sup>15</sup>
 * @param period the period, 1 nanosecond to 36,500 days
 */
public record Rate(long permits, Duration period) {

  private static final long MOST_PERMITS = 1_000_000_000_000_000L;
  private static final Duration LONGEST_PERIOD = Duration.ofDays(36_500);
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int LONGEST_TEXT = 80;
  private static final Pattern TEXT =
      Pattern.compile(
          "(?<permits>\\d+(\\.\\d+)?) *(/|per) *(?<count>\\d+(\\.\\d+)?)? *(?<unit>[a-zµ]+)",
          Pattern.CASE_INSENSITIVE);
  private static final String ALLOWED =
      "a rate is PERMITS/PERIOD, such as 3/s, 12/37m, 100/500ms or 2.5/s; units are ns, us, ms, s,"
          + " m, h, d and w or their names, permits go up to 10^15 and periods from 1ns to 36500d";

  /**
   * Creates a rate.
   *
   * @throws IllegalArgumentException if a part is outside its range
   */
  public Rate {
    if (permits < 1 || permits > MOST_PERMITS) {
      throw new IllegalArgumentException(
          "permits of a rate must be 1 to " + MOST_PERMITS + ", not " + permits);
    }
    if (!period.isPositive() || period.compareTo(LONGEST_PERIOD) > 0) {
      throw new IllegalArgumentException(
          "the period of a rate must be 1 ns to 36500 days, not " + Durations.print(period));
    }
  }

  /**
   * A rate of {@code permits} in each {@code period}.
   *
   * @throws IllegalArgumentException if a part is outside its range
   */
  public static Rate of(long permits, Duration period) {
    return new Rate(permits, period);
  }

  /**
   * A rate per second. A fraction is stored as one permit in the time that it takes, rounded up to
   * a nanosecond: 0.2 is {@code 1/5s} and 2.5 is {@code 1/400ms}. So no second holds more than the
   * next whole number.
   *
   * @throws IllegalArgumentException if {@code permits} is not a number above 0, or out of range
   */
  public static Rate perSecond(double permits) {
    if (!(permits > 0 && permits <= MOST_PERMITS)) {
      throw new IllegalArgumentException(
          "permits a second must be above 0 and at most " + MOST_PERMITS + ", not " + permits);
    }
    try {
      return of(BigDecimal.valueOf(permits), BigDecimal.valueOf(NANOS_PER_SECOND));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "permits a second must allow one in 36500 days, not " + permits, e);
    }
  }

  /** Stores a fraction as one permit in the time that it takes. */
  private static Rate of(BigDecimal permits, BigDecimal nanos) {
    return permits.stripTrailingZeros().scale() > 0
        ? of(BigDecimal.ONE, nanos.divide(permits, 0, RoundingMode.CEILING))
        : new Rate(permits.longValueExact(), Duration.ofNanos(nanos.longValueExact()));
  }

  /**
   * Reads a rate: {@code 3/s}, {@code 4/min}, {@code 12/37m}, {@code 1/5h}, {@code 8/3d}, {@code
   * 6/minutes}, {@code 100/500ms}. A fraction is stored as by {@link #perSecond}: {@code 2.5/s} is
   * {@code 1/400ms}.
   *
   * @throws IllegalArgumentException if the text is not a rate or is out of range; the message
   *     quotes it
   */
  public static Rate parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    boolean matches = text.length() <= LONGEST_TEXT && matcher.matches();
    Optional<Long> unit = matches ? Durations.unitNanos(matcher.group("unit")) : Optional.empty();
    if (unit.isEmpty()) {
      throw unreadable(text, null);
    }
    try {
      String count = matcher.group("count");
      BigDecimal nanos =
          BigDecimal.valueOf(unit.get())
              .multiply(count == null ? BigDecimal.ONE : new BigDecimal(count));
      return of(new BigDecimal(matcher.group("permits")), nanos);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw unreadable(text, e);
    }
  }

  private static IllegalArgumentException unreadable(
      String text, @org.jspecify.annotations.Nullable Throwable cause) {
    String shown = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "…" : text;
    return new IllegalArgumentException("\"" + shown + "\" is not a rate: " + ALLOWED, cause);
  }

  /** The time between two permits that are evenly spaced, rounded up. */
  public Duration interval() {
    return Duration.ofNanos(Math.ceilDiv(period.toNanos(), permits));
  }

  /** The canonical text, which {@link #parse} reads back as an equal rate. */
  @Override
  public String toString() {
    String shown = Durations.compact(period);
    return permits + "/" + (shown.matches("1\\D+") ? shown.substring(1) : shown);
  }
}
