package dev.headway.cli.text;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Lengths of time as people say them. */
public final class DurationFormat {

  private static final DateTimeFormatter TIME_OF_DAY = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final DateTimeFormatter DAY_AND_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private DurationFormat() {}

  /**
   * An instant by the clock on the wall, with its day where that is not today's; rounded up to full
   * seconds.
   */
  public static String instant(Instant instant, Instant now) {
    ZoneId zone = ZoneId.systemDefault();
    ZonedDateTime shown = instant.plusMillis(999).truncatedTo(ChronoUnit.SECONDS).atZone(zone);
    boolean today = shown.toLocalDate().equals(now.atZone(zone).toLocalDate());
    return (today ? TIME_OF_DAY : DAY_AND_TIME).format(shown);
  }

  /** Such as {@code 7.2 s}, {@code 5 min 22 s} or {@code 27 h 46 min}. */
  public static String of(Duration duration) {
    if (duration.toSeconds() < 60) {
      return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }
    return duration.toHours() > 0
        ? String.format(Locale.ROOT, "%d h %02d min", duration.toHours(), duration.toMinutesPart())
        : String.format(
            Locale.ROOT, "%d min %02d s", duration.toMinutes(), duration.toSecondsPart());
  }

  /** The same, more closely where it is short: such as {@code 143 ms} or {@code 7.25 s}. */
  public static String closely(Duration duration) {
    if (duration.toSeconds() < 1) {
      return String.format(Locale.ROOT, "%.0f ms", duration.toNanos() / 1e6);
    }
    return duration.toSeconds() < 10
        ? String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9)
        : of(duration);
  }
}
