package dev.headway.cli;

import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.throttle.AbstractThrottleBuilder;
import dev.headway.throttle.LimitsBuilder;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say how fast requests may go: {@code fetch} keeps to them, {@code plan} too. */
public final class RequestLimits {

  /** How many requests may be looked at beyond those under way, so that no host holds up others. */
  public static final int LOOK_AHEAD = 256;

  /** How many may be under way at once where a rate is given and nothing else is said. */
  private static final int AT_ONCE_WITH_RATE = 256;

  /** How many where nothing else limits them. */
  private static final int AT_ONCE_WITHOUT_RATE = 64;

  @Mixin private LimitOptions limits = new LimitOptions();

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
        "Default: 256 where a rate or spacing is given, else 64."
      })
  private @Nullable Integer atOnce;

  /** Made by picocli. */
  public RequestLimits() {}

  /** How many may be under way at once. */
  public int atOnce() {
    if (atOnce != null) {
      return atOnce;
    }
    return limits.paces() || !perHost.isEmpty() ? AT_ONCE_WITH_RATE : AT_ONCE_WITHOUT_RATE;
  }

  /**
   * Begins what all requests wait on.
   *
   * @throws IllegalArgumentException if the options make no sense
   */
  public ThrottleBuilder builder(String name) {
    return builder(name, atOnce());
  }

  /**
   * The same with another number at once.
   *
   * @throws IllegalArgumentException if the options make no sense
   */
  public ThrottleBuilder builder(String name, int otherAtOnce) {
    return onto(Throttle.builder().name(name), otherAtOnce);
  }

  /**
   * Adds the limits to a throttle that has been begun.
   *
   * @throws IllegalArgumentException if the options make no sense
   */
  public <B extends AbstractThrottleBuilder<B>> B onto(B throttle) {
    return onto(throttle, atOnce());
  }

  private <B extends AbstractThrottleBuilder<B>> B onto(B throttle, int otherAtOnce) {
    limits.onto(throttle, otherAtOnce);
    budgets.forEach(budget -> throttle.budget(budget.name(), budget.rate(), limits.counted()));
    return throttle;
  }

  /** The longest period that a limit counts over; zero if none does. */
  public Duration longestPeriod() {
    List<Rate> rates = new ArrayList<>(limits.rates());
    rates.addAll(perHost);
    budgets.forEach(budget -> rates.add(budget.rate()));
    return LimitOptions.longestPeriod(rates);
  }

  /** The rates of each host. */
  public List<Rate> perHost() {
    return perHost;
  }

  /** From when a request counts. */
  public Counted counted() {
    return limits.counted();
  }

  /** Adds the rules of each host, besides those for all. */
  public void perHost(LimitsBuilder<?> rules) {
    perHost.forEach(rate -> rules.rate(rate, limits.counted()));
  }

  /** The names of the budgets. */
  public Set<String> currencies() {
    return budgets.stream().map(Budget::name).collect(Collectors.toUnmodifiableSet());
  }

  /** What is asked for, in words. */
  public String describe() {
    StringBuilder text = new StringBuilder(limits.describe());
    perHost.forEach(rate -> text.append(rate).append(" a host, "));
    budgets.forEach(
        budget -> text.append(budget.name()).append(' ').append(budget.rate()).append(", "));
    return text.append(atOnce()).append(" at once").toString();
  }
}
