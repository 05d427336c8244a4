package dev.headway.cli.option;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say whether requests are sent at all, and how long. */
public final class RunOptions extends DryRunOption {

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      converter = Converters.OfDuration.class,
      description = {
        "Start requests for this time only; then stop, so that the run can be resumed (exit status"
            + " 75). Requests in flight may end."
      })
  private @Nullable Duration longest;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = {
        "The same up to a time, such as 18:00 (the next one), 2026-01-31T18:00 or"
            + " 2026-01-31T18:00Z."
      })
  private @Nullable String until;

  @Option(
      names = "--max-spend",
      paramLabel = "AMOUNT",
      description = {
        "Stop before more than this is spent, in earlier runs too, so that the run can be resumed"
            + " with a larger amount. Calls in flight end. With --price."
      })
  private @Nullable Double maxSpend;

  /** Made by picocli. */
  public RunOptions() {}

  /**
   * What may be spent, if that is limited.
   *
   * @param priced whether it is known what anything costs
   * @throws UsageException if it makes no sense
   */
  public OptionalDouble maxSpend(boolean priced) {
    if (maxSpend == null) {
      return OptionalDouble.empty();
    }
    if (!(maxSpend > 0) || maxSpend.isInfinite()) {
      throw new UsageException("--max-spend: " + maxSpend + " is no amount; write one such as 20");
    }
    if (!priced) {
      throw new UsageException("--max-spend needs --price, such as in=0.15/M,out=0.60/M");
    }
    return OptionalDouble.of(maxSpend);
  }

  /**
   * How long requests may start, if that is limited.
   *
   * @throws UsageException if a time is none, or has passed
   */
  public Optional<Duration> longest(ZonedDateTime now) {
    return Stream.of(RetryOptions.positive("--for", longest), left(now))
        .flatMap(Optional::stream)
        .min(Duration::compareTo);
  }

  private Optional<Duration> left(ZonedDateTime now) {
    if (until == null) {
      return Optional.empty();
    }
    String text = until.strip();
    Instant end =
        parsed(text, time -> next(LocalTime.parse(time), now))
            .or(() ->
                parsed(text, time -> LocalDateTime.parse(time).atZone(now.getZone()).toInstant()))
            .or(() -> parsed(text, time -> OffsetDateTime.parse(time).toInstant()))
            .orElseThrow(() ->
                new UsageException(
                    "--until: \""
                        + text
                        + "\" is no time; write 18:00, 2026-01-31T18:00 or 2026-01-31T18:00Z"));
    Duration left = Duration.between(now.toInstant(), end);
    if (!left.isPositive()) {
      throw new UsageException("--until: \"" + text + "\" has passed");
    }
    return Optional.of(left);
  }

  private static Instant next(LocalTime time, ZonedDateTime now) {
    ZonedDateTime today = now.with(time);
    return (today.isAfter(now) ? today : now.plusDays(1).with(time)).toInstant();
  }

  private static Optional<Instant> parsed(String text, Function<String, Instant> parser) {
    try {
      return Optional.of(parser.apply(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
