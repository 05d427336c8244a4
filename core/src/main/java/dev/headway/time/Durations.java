package dev.headway.time;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as text, and durations and instants as nanoseconds, whose arithmetic ends at the
 * largest number instead of overflowing.
 */
public final class Durations {

  private static final Duration MOST = Duration.ofNanos(Long.MAX_VALUE);
  private static final Duration LEAST = Duration.ofNanos(Long.MIN_VALUE);

  /** The last instant before {@link TimeSource#NEVER}. */
  private static final long LAST = TimeSource.NEVER - 1;

  private static final int LONGEST_TEXT = 80;
  private static final Pattern AMOUNT =
      Pattern.compile("(?<amount>\\d+(\\.\\d+)?) ?(?<unit>[a-zµ]+)");

  private static final int SHOWN_DIGITS = 3;

  private Durations() {}

  /** The units of time, longest first, with the texts that name them; the first is canonical. */
  private enum Unit {
    WEEK(604_800_000_000_000L, "w", "week"),
    DAY(86_400_000_000_000L, "d", "day"),
    HOUR(3_600_000_000_000L, "h", "hr", "hour"),
    MINUTE(60_000_000_000L, "m", "min", "minute"),
    SECOND(1_000_000_000L, "s", "sec", "second"),
    MILLISECOND(1_000_000L, "ms", "milli", "millisecond"),
    MICROSECOND(1_000L, "us", "µs", "micro", "microsecond"),
    NANOSECOND(1L, "ns", "nano", "nanosecond");

    private final long nanos;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is
    private final List<String> names;

    Unit(long nanos, String... names) {
      this.nanos = nanos;
      this.names = List.of(names);
    }

    private boolean isNamed(String text) {
      return names.stream()
          .anyMatch(name -> text.equals(name) || (name.length() > 2 && text.equals(name + "s")));
    }
  }

  /**
   * The nanoseconds of a unit of time.
   *
   * @param name {@code ns}, {@code us}, {@code ms}, {@code s}, {@code m}, {@code h}, {@code d} or
   *     {@code w}, or its name in letters of any case
   * @return empty if it is none
   */
  public static Optional<Long> unitNanos(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (Unit unit : Unit.values()) {
      if (unit.isNamed(lower)) {
        return Optional.of(unit.nanos);
      }
    }
    return Optional.empty();
  }

  /**
   * Reads a duration: an amount and a unit, such as {@code 250ms}, {@code 1.5s}, {@code 2 weeks} or
   * {@code 1h}, or ISO 8601, such as {@code PT2S}.
   *
   * @throws IllegalArgumentException if it is none, negative, or longer than 292 years; the message
   *     quotes it
   */
  public static Duration parse(String text) {
    String stripped = text.strip().toLowerCase(Locale.ROOT);
    try {
      if (text.length() <= LONGEST_TEXT) {
        Matcher matcher = AMOUNT.matcher(stripped);
        Duration duration =
            matcher.matches()
                ? times(matcher.group("amount"), matcher.group("unit"))
                : Duration.parse(stripped);
        if (!duration.isNegative() && duration.compareTo(MOST) <= 0) {
          return duration;
        }
      }
    } catch (ArithmeticException | DateTimeParseException e) {
      throw unreadable(text, e);
    }
    throw unreadable(text, null);
  }

  private static Duration times(String amount, String unit) {
    BigDecimal nanos =
        BigDecimal.valueOf(unitNanos(unit).orElseThrow(() -> new ArithmeticException(unit)));
    return Duration.ofNanos(new BigDecimal(amount).multiply(nanos).longValueExact());
  }

  private static IllegalArgumentException unreadable(
      String text, @org.jspecify.annotations.Nullable Throwable cause) {
    String shown = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "…" : text;
    return new IllegalArgumentException(
        "'"
            + shown
            + "' is not a duration: give an amount with its unit (ns, us, ms, s, m, h, d or w),"
            + " such as 250ms, 1.5s or 1m, or ISO 8601, such as PT2S",
        cause);
  }

  /**
   * A duration as {@link #parse} reads it back: in the longest unit but weeks of which it is a
   * whole number, such as {@code 37m} or {@code 500ms}.
   */
  public static String compact(Duration duration) {
    long nanos = nanos(duration);
    for (Unit unit : Unit.values()) {
      if (unit != Unit.WEEK && nanos % unit.nanos == 0 && (nanos != 0 || unit == Unit.SECOND)) {
        return nanos / unit.nanos + unit.names.getFirst();
      }
    }
    throw new AssertionError("every duration is a whole number of nanoseconds: " + duration);
  }

  /**
   * A duration as people write it: {@code 250 ms}, {@code 1.5 s}, {@code 59 min 58 s}, {@code 3 h
   * 20 min}, {@code 2 d 4 h}. Cut to two units, and to three digits after the point below a minute.
   */
  public static String print(Duration duration) {
    if (duration.isNegative()) {
      return "-"
          + print(
              duration.equals(Duration.ofSeconds(Long.MIN_VALUE))
                  ? Duration.ofSeconds(Long.MAX_VALUE)
                  : duration.negated());
    }
    if (duration.toDays() > 0) {
      return two(duration.toDays(), "d", duration.toHoursPart(), "h");
    }
    if (duration.toHours() > 0) {
      return two(duration.toHours(), "h", duration.toMinutesPart(), "min");
    }
    if (duration.toMinutes() > 0) {
      return two(duration.toMinutes(), "min", duration.toSecondsPart(), "s");
    }
    long nanos = duration.toNanos();
    for (Unit unit : List.of(Unit.SECOND, Unit.MILLISECOND, Unit.MICROSECOND)) {
      if (nanos >= unit.nanos) {
        return decimal(nanos, unit) + " " + unit.names.getFirst();
      }
    }
    return nanos == 0 ? "0 s" : nanos + " ns";
  }

  private static String two(long many, String unit, int few, String smaller) {
    return many + " " + unit + (few == 0 ? "" : " " + few + " " + smaller);
  }

  private static String decimal(long nanos, Unit unit) {
    return BigDecimal.valueOf(nanos)
        .divide(BigDecimal.valueOf(unit.nanos), SHOWN_DIGITS, RoundingMode.DOWN)
        .stripTrailingZeros()
        .toPlainString();
  }

  /** A duration's nanoseconds; the largest or smallest number if they are beyond it. */
  public static long nanos(Duration duration) {
    if (duration.compareTo(MOST) >= 0) {
      return Long.MAX_VALUE;
    }
    return duration.compareTo(LEAST) <= 0 ? Long.MIN_VALUE : duration.toNanos();
  }

  /** The nanoseconds since 1970; the largest or smallest number if they are beyond it. */
  public static long nanos(Instant instant) {
    return nanos(Duration.between(Instant.EPOCH, instant));
  }

  /**
   * The instant that is so much later than another: the same for a duration that is not positive,
   * and {@link TimeSource#NEVER} where it is beyond all instants.
   */
  public static long after(long instant, Duration duration) {
    return plus(instant, Math.max(0, nanos(duration)));
  }

  /** A sum; the largest or smallest number if it is beyond it. */
  public static long plus(long a, long b) {
    long sum = a + b;
    // Both have the sign that the sum has not.
    boolean overflows = ((a ^ sum) & (b ^ sum)) < 0;
    return overflows ? a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE : sum;
  }

  /** A difference; the largest or smallest number if it is beyond it. */
  public static long minus(long a, long b) {
    long difference = a - b;
    boolean overflows = ((a ^ b) & (a ^ difference)) < 0;
    return overflows ? a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE : difference;
  }

  /**
   * The instant so many nanoseconds after another; at most the last before {@link
   * TimeSource#NEVER}.
   */
  public static long later(long instant, long nanos) {
    return clamp(plus(instant, nanos));
  }

  /** So many times some nanoseconds; at most the last instant before {@link TimeSource#NEVER}. */
  public static long times(long count, long nanos) {
    long product = count * nanos;
    boolean overflows = Math.multiplyHigh(count, nanos) != product >> 63;
    return overflows ? (count < 0) != (nanos < 0) ? -LAST : LAST : clamp(product);
  }

  private static long clamp(long nanos) {
    return Math.clamp(nanos, -LAST, LAST);
  }
}
