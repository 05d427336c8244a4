package dev.headway.cli.vendor;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/**
 * Times in the forms in which services state them. All are rounded up, so that a client that waits
 * as long as it is told never comes too early.
 */
final class ResetTimes {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int NANO_DIGITS = 9;
  private static final int MINUTE = 60;
  private static final int HOUR = 3_600;

  private ResetTimes() {}

  /** Whole seconds: {@code 30}. */
  static String seconds(long nanos) {
    return Long.toString(Math.ceilDiv(nanos, SECOND));
  }

  /** Whole milliseconds: {@code 1470}. */
  static String millis(long nanos) {
    return Long.toString(Math.ceilDiv(nanos, MILLISECOND));
  }

  /** Seconds with so many decimals: {@code 1.470}. */
  static String decimal(long nanos, int digits) {
    return BigDecimal.valueOf(nanos, NANO_DIGITS)
        .setScale(digits, RoundingMode.CEILING)
        .toPlainString();
  }

  /** Whole seconds since 1970. */
  static String epoch(Instant at, long nanos) {
    return Long.toString(roundedUp(at.plusNanos(nanos)).getEpochSecond());
  }

  /** Seconds since 1970, to the millisecond. */
  static String epochMillis(Instant at, long nanos) {
    Instant end = at.plusNanos(nanos);
    return BigDecimal.valueOf(end.getEpochSecond())
        .add(BigDecimal.valueOf(end.getNano(), NANO_DIGITS))
        .setScale(3, RoundingMode.CEILING)
        .toPlainString();
  }

  /** An instant (RFC 3339), to the second: {@code 2026-03-01T12:00:10Z}. */
  static String instant(Instant at, long nanos) {
    return roundedUp(at.plusNanos(nanos)).toString();
  }

  private static Instant roundedUp(Instant at) {
    return at.plusNanos(SECOND - 1).truncatedTo(ChronoUnit.SECONDS);
  }

  /** As Go prints a duration: {@code 120ms}, {@code 1.5s}, {@code 6m0s}. */
  static String units(long nanos) {
    long millis = Math.ceilDiv(nanos, MILLISECOND);
    if (millis < 1_000) {
      return millis + "ms";
    }
    long minutes = millis / 1_000 / MINUTE;
    String seconds =
        BigDecimal.valueOf(millis - minutes * MINUTE * 1_000, 3)
                .stripTrailingZeros()
                .toPlainString()
            + "s";
    String hours = minutes < MINUTE ? "" : minutes * MINUTE / HOUR + "h";
    return minutes == 0 ? seconds : hours + minutes % MINUTE + "m" + seconds;
  }
}
