package dev.headway.cli;

import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.throttle.AbstractThrottleBuilder;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how fast work may go. */
public final class LimitOptions {

  /** From when a request counts. */
  enum CountFrom {
    START(Counted.FROM_START),
    END(Counted.FROM_END);

    @SuppressWarnings("ImmutableEnumChecker") // Counted is immutable
    private final Counted counted;

    CountFrom(Counted counted) {
      this.counted = counted;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      converter = RateConverter.class,
      description = {
        "At most so many in any stretch of so long: 40/s, 100/m, 12/37m, 100/500ms.",
        "Again for more limits; all of them hold."
      })
  private List<Rate> rates = List.of();

  @Option(
      names = "--count-from",
      paramLabel = "start|end",
      defaultValue = "end",
      description = {
        "Whether a rate counts a piece of work from its start or from its end. From the end, no"
            + " server sees more than the rate, whatever the network delays.",
        "Default: ${DEFAULT-VALUE}."
      })
  private CountFrom countFrom = CountFrom.END;

  @Option(
      names = "--spacing",
      paramLabel = "RATE",
      converter = RateConverter.class,
      description = "Spaced evenly, without bursts: 5/s is one every 200 ms.")
  private @Nullable Rate spacing;

  /** Made by picocli. */
  public LimitOptions() {}

  /** Whether there is anything that says how fast. */
  public boolean paces() {
    return !rates.isEmpty() || spacing != null;
  }

  /**
   * Begins the throttle that they ask for.
   *
   * @param atOnce how many may be under way at once
   * @throws IllegalArgumentException if that is below 1
   */
  public ThrottleBuilder throttle(String name, int atOnce) {
    return onto(Throttle.builder().name(name), atOnce);
  }

  /**
   * Adds them to a throttle that has been begun. How many may be under way at once holds for this
   * process alone.
   *
   * @throws IllegalArgumentException if that is below 1
   */
  public <B extends AbstractThrottleBuilder<B>> B onto(B throttle, int atOnce) {
    if (atOnce < 1) {
      throw new IllegalArgumentException("--at-once must be at least 1, not " + atOnce);
    }
    throttle.limit(new AtOnce(atOnce));
    rates.forEach(rate -> throttle.rate(rate, countFrom.counted));
    if (spacing != null) {
      throttle.spacing(spacing);
    }
    return throttle;
  }

  /** The rates that count over a period of time; of a spacing, its interval. */
  public List<Rate> rates() {
    List<Rate> all = new ArrayList<>(rates);
    if (spacing != null) {
      all.add(Rate.of(1, spacing.interval()));
    }
    return all;
  }

  /** The longest period that a limit counts over; zero if none does. */
  public static Duration longestPeriod(List<Rate> rates) {
    return rates.stream().map(Rate::period).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
  }

  /** From when a piece of work counts. */
  public Counted counted() {
    return countFrom.counted;
  }

  /** How many may be under way at once where nothing else is said and nothing else limits them. */
  public static int usualAtOnce() {
    return Math.min(32, Runtime.getRuntime().availableProcessors() + 4);
  }

  /** What is asked for, in words that end with a comma and a space. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    rates.forEach(rate -> text.append(rate).append(", "));
    if (spacing != null) {
      text.append("spaced ").append(spacing).append(", ");
    }
    return text.toString();
  }
}
