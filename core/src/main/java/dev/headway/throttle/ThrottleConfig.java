package dev.headway.throttle;

import static java.util.Comparator.comparing;

import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.limit.Limit;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.limit.SlidingWindow;
import dev.headway.limit.Spacing;
import dev.headway.limit.TokenBucket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The configuration of a throttle as a value, which can be read, compared and printed: all that a
 * {@link ThrottleBuilder} collects except listeners, time sources, past work and limits of your
 * own.
 *
 * <pre>{@code
 * name=github
 * rate=100/m, 1000/h from-end
 * rate.burst=5/s on-arrival 50ms
 * spacing=10/s aligned
 * token-bucket=5/s burst 20
 * concurrency=10
 * budget.tokens=200000/m
 * max-waiting=1000
 * max-wait=30s
 * }</pre>
 *
 * <p>All keys are optional. A rate is counted {@code from-start} unless it says {@code from-end} or
 * {@code on-arrival} with a bound. Where several limits of a kind are allowed, commas separate
 * them.
 *
 * @param name the name of the throttle, for people
 * @param rates rates of permits; one with a name has it alone
 * @param spacings even spacings
 * @param tokenBuckets token buckets
 * @param concurrency the most permits that are open together, at least 1
 * @param budgets rates of other currencies, whose names they have
 * @param maxWaiting how many callers may wait, at least 0; empty for any number
 * @param maxWait how long a caller may wait; empty for any time
 */
public record ThrottleConfig(
    String name,
    List<RateConfig> rates,
    List<SpacingConfig> spacings,
    List<BucketConfig> tokenBuckets,
    Optional<Long> concurrency,
    List<RateConfig> budgets,
    Optional<Long> maxWaiting,
    Optional<Duration> maxWait) {

  /**
   * A rate of permits or of a budget.
   *
   * @param name the rate's or the budget's name; empty for a rate without one
   * @param rate the rate
   * @param counted from when it counts
   */
  public record RateConfig(String name, Rate rate, Counted counted) {}

  /**
   * An even spacing.
   *
   * @param rate the rate whose interval lies between two starts
   * @param aligned whether starts come on whole multiples of the interval by the wall clock
   */
  public record SpacingConfig(Rate rate, boolean aligned) {}

  /**
   * A token bucket.
   *
   * @param rate how fast it fills
   * @param burst how much it holds
   */
  public record BucketConfig(Rate rate, long burst) {}

  /**
   * Creates a configuration.
   *
   * @throws IllegalArgumentException if a builder would refuse one of the values, or all together
   */
  public ThrottleConfig {
    rates = rates.stream().sorted(comparing(RateConfig::name)).toList();
    spacings = List.copyOf(spacings);
    tokenBuckets = List.copyOf(tokenBuckets);
    budgets = budgets.stream().sorted(comparing(RateConfig::name)).toList();
    requireDistinctNames(rates);
    var unused =
        add(
                new ThrottleBuilder(),
                name,
                rates,
                spacings,
                tokenBuckets,
                concurrency,
                budgets,
                maxWaiting,
                maxWait)
            .settings();
  }

  private static void requireDistinctNames(List<RateConfig> rates) {
    Set<String> names = new HashSet<>();
    for (RateConfig rate : rates) {
      if (!rate.name().isEmpty() && !names.add(rate.name())) {
        throw new IllegalArgumentException(
            "two rates have the name \"" + rate.name() + "\"; each name may be used once");
      }
    }
  }

  /** The configuration that a builder has collected. */
  static ThrottleConfig of(Settings settings, List<Rule> rules) {
    List<RateConfig> rates = new ArrayList<>();
    List<SpacingConfig> spacings = new ArrayList<>();
    List<BucketConfig> tokenBuckets = new ArrayList<>();
    List<RateConfig> budgets = new ArrayList<>();
    Optional<Long> concurrency = Optional.empty();
    for (Rule rule : rules) {
      Limit limit = rule.limit();
      boolean permits = rule.currency().equals(Cost.PERMITS);
      if (rule.kind().equals(Rule.RATE) && limit instanceof SlidingWindow window) {
        String name = permits ? rule.name() : rule.currency();
        (permits ? rates : budgets).add(new RateConfig(name, window.rate(), window.counted()));
      } else if (LimitsBuilder.isSpacing(rule) && limit instanceof Spacing spacing) {
        spacings.add(new SpacingConfig(spacing.rate(), !rule.kind().equals(Rule.SPACING)));
      } else if (rule.kind().equals(Rule.TOKEN_BUCKET) && limit instanceof TokenBucket bucket) {
        tokenBuckets.add(new BucketConfig(bucket.rate(), bucket.capacity()));
      } else if (rule.kind().equals(Rule.CONCURRENCY)) {
        long most = limit.capacity();
        concurrency = Optional.of(Math.min(most, concurrency.orElse(most)));
      } else {
        throw new IllegalStateException(
            "a limit of your own, \"" + limit + "\", cannot be part of a ThrottleConfig");
      }
    }
    Optional<Long> maxWaiting =
        Optional.of(settings.maxWaiting()).filter(most -> most != Long.MAX_VALUE);
    return new ThrottleConfig(
        settings.name(),
        rates,
        spacings,
        tokenBuckets,
        concurrency,
        budgets,
        maxWaiting,
        settings.maxWait());
  }

  /**
   * Reads a configuration.
   *
   * @param properties values by the keys above
   * @throws IllegalArgumentException if a key is unknown, with the nearest known one, or a value
   *     cannot be read or is out of range, with its key
   */
  public static ThrottleConfig from(Map<String, String> properties) {
    return ThrottleProperties.read(properties);
  }

  /** Reads a configuration, as {@link #from(Map)}. */
  public static ThrottleConfig from(Properties properties) {
    return from(
        properties.stringPropertyNames().stream()
            .collect(Collectors.toMap(key -> key, properties::getProperty)));
  }

  /** A builder with all of this, to which more can be added. */
  public ThrottleBuilder toBuilder() {
    return addTo(Throttle.builder());
  }

  /**
   * Adds all of this to a builder, such as one of a shared throttle.
   *
   * @return the builder
   */
  public <B extends AbstractThrottleBuilder<B>> B addTo(B builder) {
    return add(
        builder, name, rates, spacings, tokenBuckets, concurrency, budgets, maxWaiting, maxWait);
  }

  /** A throttle of this configuration. */
  public Throttle build() {
    return toBuilder().build();
  }

  private static <B extends AbstractThrottleBuilder<B>> B add(
      B builder,
      String name,
      List<RateConfig> rates,
      List<SpacingConfig> spacings,
      List<BucketConfig> tokenBuckets,
      Optional<Long> concurrency,
      List<RateConfig> budgets,
      Optional<Long> maxWaiting,
      Optional<Duration> maxWait) {
    builder.name(name);
    for (RateConfig rate : rates) {
      if (rate.name().isEmpty()) {
        builder.rate(rate.rate(), rate.counted());
      } else {
        builder.rate(rate.name(), rate.rate(), rate.counted());
      }
    }
    for (SpacingConfig spacing : spacings) {
      builder.spacing(spacing.rate());
      if (spacing.aligned()) {
        builder.align();
      }
    }
    tokenBuckets.forEach(bucket -> builder.tokenBucket(bucket.rate(), bucket.burst()));
    concurrency.ifPresent(builder::concurrency);
    budgets.forEach(budget -> builder.budget(budget.name(), budget.rate(), budget.counted()));
    maxWaiting.ifPresent(builder::maxWaiting);
    maxWait.ifPresent(builder::maxWait);
    return builder;
  }

  /** The properties that {@link #from(Map)} reads back as an equal configuration. */
  public Map<String, String> toProperties() {
    return ThrottleProperties.write(this);
  }

  /** The properties, one in each line. */
  @Override
  public String toString() {
    return toProperties().entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining("\n"));
  }
}
