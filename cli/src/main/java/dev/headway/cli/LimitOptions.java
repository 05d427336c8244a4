package dev.headway.cli;

import dev.headway.Counted;
import dev.headway.Limits;
import dev.headway.Rate;
import dev.headway.Throttle;
import dev.headway.ThrottleBuilder;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how fast work may go. */
public final class LimitOptions {

  /** From when a request counts. */
  enum CountFrom {
    START(Counted.FROM_START),
    END(Counted.FROM_END);

    private final Counted counted;

    CountFrom(Counted counted) {
      this.counted = counted;
    }
  }

  /** How many may be under way at once where a rate is given and nothing else is said. */
  private static final int AT_ONCE_WITH_RATE = 256;

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

  @Option(
      names = "--per-host",
      paramLabel = "RATE",
      converter = RateConverter.class,
      description = "At most so many to each host, besides --rate for all.")
  private List<Rate> perHost = List.of();

  @Option(
      names = "--budget",
      paramLabel = "NAME=RATE",
      converter = Budget.Converter.class,
      description = "Another currency that is limited, such as tokens=200000/m; see cost.")
  private List<Budget> budgets = List.of();

  @Option(
      names = "--at-once",
      paramLabel = "N",
      description = {
        "At most so many under way at once.",
        "Default: 256 where a rate or spacing is given, else processors + 4, at most 32."
      })
  private @Nullable Integer atOnce;

  /** Made by picocli. */
  public LimitOptions() {}

  /** How many may be under way at once. */
  public int atOnce() {
    if (atOnce != null) {
      return atOnce;
    }
    boolean paced = !rates.isEmpty() || !perHost.isEmpty() || spacing != null;
    return paced ? AT_ONCE_WITH_RATE : Math.min(32, Runtime.getRuntime().availableProcessors() + 4);
  }

  /**
   * The throttle that they ask for.
   *
   * @throws IllegalArgumentException if an option is out of its range
   */
  public Throttle throttle(String name) {
    if (atOnce != null && atOnce < 1) {
      throw new IllegalArgumentException("--at-once must be at least 1, not " + atOnce);
    }
    ThrottleBuilder throttle = Throttle.builder().name(name).limit(new AtOnce(atOnce()));
    rates.forEach(rate -> throttle.rate(rate, countFrom.counted));
    if (spacing != null) {
      throttle.spacing(spacing);
    }
    budgets.forEach(budget -> throttle.budget(budget.name(), budget.rate(), countFrom.counted));
    return throttle.build();
  }

  /** Adds what each host may take. */
  public void addPerHost(Limits limits) {
    perHost.forEach(rate -> limits.rate(rate, countFrom.counted));
  }

  /** The budgets there are, by name. */
  public Set<String> budgets() {
    return budgets.stream().map(Budget::name).collect(Collectors.toUnmodifiableSet());
  }

  /** What is asked for, in words. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    rates.forEach(rate -> text.append(rate).append(", "));
    if (spacing != null) {
      text.append("spaced ").append(spacing).append(", ");
    }
    perHost.forEach(rate -> text.append(rate).append(" a host, "));
    budgets.forEach(
        budget -> text.append(budget.name()).append(' ').append(budget.rate()).append(", "));
    return text.append(atOnce()).append(" at once").toString();
  }
}
