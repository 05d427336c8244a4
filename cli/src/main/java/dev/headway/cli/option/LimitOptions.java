package dev.headway.cli.option;

import dev.headway.cli.model.OutputLimit;
import dev.headway.cli.model.TokenMeter;
import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.throttle.AbstractThrottleBuilder;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how fast work may go. */
public class LimitOptions extends RateOption {

  @Option(
      names = {"-c", "-j", "--concurrency", "--jobs"},
      paramLabel = "N",
      description = {
        "At most N at the same time. Default: fetch 256 with a rate or spacing, else 64; exec"
            + " processors + 4, at most 32."
      })
  private @Nullable Integer concurrency;

  @Option(
      names = "--spacing",
      paramLabel = "RATE",
      converter = Converters.OfRate.class,
      description = "Evenly spaced, without bursts: 5/s is one every 200 ms.")
  private @Nullable Rate spacing;

  @Option(
      names = "--budget",
      paramLabel = "NAME=RATE",
      converter = Budget.Converter.class,
      description = {"A limit on something else than starts, such as tokens=200000/m. See --cost."})
  private List<Budget> budgets = List.of();

  @Option(
      names = "--count-from",
      paramLabel = "start|end|arrival[=BOUND]",
      converter = CountFrom.Converter.class,
      completionCandidates = CountFrom.Words.class,
      description = {
        "From when a rate counts a request. From the end of its response, the server never sees"
            + " more than the rate, whatever the network delays. On arrival holds that too, if no"
            + " request takes longer than BOUND to reach the server, and a slow response costs no"
            + " more than BOUND; without BOUND it adapts to the server. From the start is exact"
            + " only on this side. Default: fetch arrival (end with --shared), exec end."
      })
  private @Nullable CountFrom countFrom;

  /** Made by picocli. */
  public LimitOptions() {}

  /** How many may be in flight, if that is given. */
  public final int concurrency(int otherwise) {
    if (concurrency != null && concurrency < 1) {
      throw new UsageException("--concurrency: " + concurrency + " is too few; write 1 or more");
    }
    return concurrency == null ? otherwise : concurrency;
  }

  /** How many may be in flight at the same time. */
  public int concurrency() {
    return concurrency(Math.min(32, Runtime.getRuntime().availableProcessors() + 4));
  }

  /** Whether a rate or a spacing is given. */
  public boolean paces() {
    return !given().isEmpty() || spacing != null;
  }

  /** Whether anything is limited that processes can share. */
  public final boolean limits() {
    return !longestPeriod().isZero();
  }

  /**
   * Begins a throttle with these limits.
   *
   * @throws UsageException if they make no sense
   */
  public final ThrottleBuilder throttle(String name) {
    return addTo(Throttle.builder().name(name), concurrency());
  }

  /**
   * Adds the limits to a throttle. How many may be in flight holds for this process alone.
   *
   * @throws UsageException if they make no sense
   */
  public final <B extends AbstractThrottleBuilder<B>> B addTo(B throttle, int inFlight) {
    try {
      throttle.limit(new InFlightLimit(inFlight));
      given().forEach(rate -> throttle.rate(rate, counted()));
      if (spacing != null) {
        throttle.spacing(spacing);
      }
      budgets.forEach(budget -> addBudget(throttle, budget));
      return throttle;
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Outputs of language models count as they are produced, unless it is said from when. */
  private void addBudget(AbstractThrottleBuilder<?> throttle, Budget budget) {
    if (budget.name().equals(TokenMeter.OUTPUT)
        && countFrom == null
        && throttle instanceof ThrottleBuilder local) {
      local.rule(new Rule(Rule.RATE, budget.name(), new OutputLimit(budget.rate())));
    } else {
      throttle.budget(budget.name(), budget.rate(), counted());
    }
  }

  /** The rates that hold for each host. */
  public List<Rate> perHost() {
    return List.of();
  }

  /** The longest period that a limit counts over; zero if none does. */
  public final Duration longestPeriod() {
    List<Rate> rates = new ArrayList<>(given());
    rates.addAll(perHost());
    budgets.forEach(budget -> rates.add(budget.rate()));
    if (spacing != null) {
      rates.add(Rate.of(1, spacing.interval()));
    }
    return rates.stream().map(Rate::period).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
  }

  /** From when work counts. */
  public final Counted counted() {
    return countFrom().counted();
  }

  final CountFrom countFrom() {
    return countFrom == null ? usualCountFrom() : countFrom;
  }

  CountFrom usualCountFrom() {
    return CountFrom.END;
  }

  /** The rates of those budgets whose names are asked for, by their names; the slowest of each. */
  public final Map<String, Rate> rates(Predicate<String> names) {
    return budgets.stream()
        .filter(budget -> names.test(budget.name()))
        .collect(
            Collectors.toUnmodifiableMap(
                Budget::name,
                Budget::rate,
                (one, other) -> one.permits() <= other.permits() ? one : other));
  }

  /** The names of the budgets. */
  public final Set<String> budgets() {
    return budgets.stream().map(Budget::name).collect(Collectors.toUnmodifiableSet());
  }

  /** The limits in words. */
  public final String describe() {
    StringBuilder text = new StringBuilder();
    given().forEach(rate -> text.append(rate).append(", "));
    if (spacing != null) {
      text.append("spaced ").append(spacing).append(", ");
    }
    perHost().forEach(rate -> text.append(rate).append(" a host, "));
    budgets.forEach(
        budget -> text.append(budget.name()).append(' ').append(budget.rate()).append(", "));
    return text.append(concurrency()).append(" at once").toString();
  }
}
