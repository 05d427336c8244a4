package dev.headway.throttle;

import dev.headway.limit.Concurrency;
import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.limit.Limit;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.limit.SlidingWindow;
import dev.headway.limit.Spacing;
import dev.headway.limit.TokenBucket;
import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Collects the limits of a throttle. Each method may be called several times; all limits are met
 * together. A rate may have a name, by which an update finds it.
 *
 * @param <B> the type that each method returns, for chaining
 */
public abstract sealed class LimitsBuilder<B extends LimitsBuilder<B>>
    permits AbstractThrottleBuilder, LimitsUpdate {

  private static final String ALIGNED = "aligned spacing";

  private final List<Rule> rules = new ArrayList<>();
  private final List<PriorStart> past = new ArrayList<>();
  private boolean built;

  LimitsBuilder() {}

  /** This, as the type that is chained. */
  protected abstract B self();

  /** The throttle's time. */
  abstract TimeSource time();

  /** What a clock showed, in nanoseconds, when the throttle's time was 0. */
  private long clockAtZero() {
    return Durations.minus(Durations.nanos(time().instant()), time().nanoTime());
  }

  /**
   * The rules that were collected, for {@link Throttle#update(List, boolean)} or for calculations
   * without a throttle. Once: limits have a memory, and no two throttles may share it.
   *
   * @throws IllegalStateException if this was called before, or a throttle was built
   */
  public List<Rule> rules() {
    if (built) {
      throw new IllegalStateException(
          "a builder builds one throttle, since its limits belong to that; begin another builder");
    }
    built = true;
    List<Rule> finished = new ArrayList<>();
    for (Rule rule : rules) {
      boolean align = rule.kind().equals(ALIGNED) && rule.limit() instanceof Spacing;
      finished.add(
          align
              ? new Rule(
                  Rule.SPACING, rule.currency(), ((Spacing) rule.limit()).aligned(clockAtZero()))
              : rule);
    }
    if (!past.isEmpty()) {
      StartHistory told = new StartHistory(past, clockAtZero(), time().nanoTime());
      finished.forEach(told::tell);
    }
    return finished;
  }

  /** The rules collected so far. */
  final List<Rule> collected() {
    return List.copyOf(rules);
  }

  /** Whether a rule that was collected is a spacing, aligned or not. */
  static boolean isSpacing(Rule rule) {
    return rule.kind().equals(Rule.SPACING) || rule.kind().equals(ALIGNED);
  }

  /**
   * A sliding window: no period, at any position, holds more starts than the rate says.
   *
   * @param rate as {@link Rate#parse} reads it
   * @throws IllegalArgumentException if it is not a rate
   */
  public B rate(String rate) {
    return rate(Rate.parse(rate));
  }

  /** A sliding window: no period, at any position, holds more starts than the rate says. */
  public B rate(Rate rate) {
    return rate(rate, Counted.FROM_START);
  }

  /**
   * A sliding window that counts permits from their start, their end or their arrival.
   *
   * @param rate as {@link Rate#parse} reads it
   * @throws IllegalArgumentException if it is not a rate
   */
  public B rate(String rate, Counted counted) {
    return rate(Rate.parse(rate), counted);
  }

  /** A sliding window that counts permits from their start, their end or their arrival. */
  public B rate(Rate rate, Counted counted) {
    return add(Rule.RATE, Cost.PERMITS, new SlidingWindow(rate, counted));
  }

  /**
   * A rate with a name, counted from the start.
   *
   * @param name up to 80 letters, digits, points, hyphens and underscores
   * @param rate as {@link Rate#parse} reads it
   * @throws IllegalArgumentException if it is not a rate or not a name
   */
  public B rate(String name, String rate) {
    return rate(name, Rate.parse(rate), Counted.FROM_START);
  }

  /**
   * A rate with a name.
   *
   * @param name up to 80 letters, digits, points, hyphens and underscores
   * @param rate as {@link Rate#parse} reads it
   * @throws IllegalArgumentException if it is not a rate or not a name
   */
  public B rate(String name, String rate, Counted counted) {
    return rate(name, Rate.parse(rate), counted);
  }

  /**
   * A rate with a name. It replaces the rate of that name, here and in an update; rates without a
   * name and those of other names stay.
   *
   * @param name up to 80 letters, digits, points, hyphens and underscores
   * @throws IllegalArgumentException if it is not a name
   */
  public B rate(String name, Rate rate, Counted counted) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("the name of a rate is empty; leave it out");
    }
    Rule named = new Rule(Rule.RATE, name, Cost.PERMITS, new SlidingWindow(rate, counted));
    rules.removeIf(named::replaces);
    return rule(named);
  }

  /**
   * Evenly spaced: each start comes at least the rate's interval after the last.
   *
   * @param rate as {@link Rate#parse} reads it
   * @throws IllegalArgumentException if it is not a rate
   */
  public B spacing(String rate) {
    return spacing(Rate.parse(rate));
  }

  /** Evenly spaced: each start comes at least the rate's interval after the last. */
  public B spacing(Rate rate) {
    return add(Rule.SPACING, Cost.PERMITS, Spacing.of(rate));
  }

  /**
   * Evenly spaced: each start comes at least {@code interval} after the last.
   *
   * @throws IllegalArgumentException if the interval is not 1 nanosecond to 36,500 days
   */
  public B spacing(Duration interval) {
    return add(Rule.SPACING, Cost.PERMITS, Spacing.of(interval));
  }

  /**
   * Aligns the last {@link #spacing} to whole multiples of its interval by the wall clock, in UTC
   * since 1970: each full second, each full minute.
   *
   * @throws IllegalStateException if no spacing has been given before
   */
  public B align() {
    for (int i = rules.size() - 1; i >= 0; i--) {
      Rule rule = rules.get(i);
      if (rule.kind().equals(Rule.SPACING)) {
        rules.set(i, new Rule(ALIGNED, rule.currency(), rule.limit()));
        return self();
      }
    }
    throw new IllegalStateException("align() aligns a spacing: call spacing(...) before it");
  }

  /**
   * A token bucket: a rate in the long run, with bursts of saved-up permits.
   *
   * @param rate as {@link Rate#parse} reads it
   * @param burst the most permits that are saved up, at least 1
   * @throws IllegalArgumentException if it is not a rate or the burst is out of range
   */
  public B tokenBucket(String rate, long burst) {
    return tokenBucket(Rate.parse(rate), burst);
  }

  /**
   * A token bucket: a rate in the long run, with bursts of saved-up permits.
   *
   * @param burst the most permits that are saved up, at least 1
   * @throws IllegalArgumentException if the burst is out of range
   */
  public B tokenBucket(Rate rate, long burst) {
    return add(Rule.TOKEN_BUCKET, Cost.PERMITS, new TokenBucket(rate, burst));
  }

  /**
   * At most so many open permits at the same time.
   *
   * @throws IllegalArgumentException if {@code most} is below 1
   */
  public B concurrency(long most) {
    return add(Rule.CONCURRENCY, Cost.PERMITS, new Concurrency(most));
  }

  /**
   * A budget: a sliding window of another currency than permits, counted from the start.
   *
   * @param name the budget's name, by which a {@link Cost} takes from it
   * @param rate as {@link Rate#parse} reads it
   * @throws IllegalArgumentException if it is not a rate or not a name
   */
  public B budget(String name, String rate) {
    return budget(name, Rate.parse(rate));
  }

  /**
   * A budget: a sliding window of another currency than permits, counted from the start.
   *
   * @param name the budget's name, by which a {@link Cost} takes from it
   * @throws IllegalArgumentException if it is not a name
   */
  public B budget(String name, Rate rate) {
    return budget(name, rate, Counted.FROM_START);
  }

  /**
   * A budget: a sliding window of another currency than permits.
   *
   * @param name the budget's name, by which a {@link Cost} takes from it
   * @throws IllegalArgumentException if it is not a name
   */
  public B budget(String name, Rate rate, Counted counted) {
    Cost.of(name, 1);
    return add(Rule.RATE, name, new SlidingWindow(rate, counted));
  }

  /** A rule of your own that counts permits. */
  public B limit(Limit limit) {
    return add("limit", Cost.PERMITS, limit);
  }

  /**
   * A rule of your own that counts the named budget.
   *
   * @throws IllegalArgumentException if it is not a name
   */
  public B limit(String budget, Limit limit) {
    Cost.of(budget, 1);
    return add("limit", budget, limit);
  }

  /** A rule of your own, of a kind of its own: an update replaces it alone. */
  public B rule(Rule rule) {
    rules.add(rule);
    return self();
  }

  /**
   * Adds starts that happened before, such as in an earlier process, so that limits hold across
   * restarts. Instants are those of the wall clock; one that lies in the future counts as now.
   */
  public B past(Collection<PriorStart> works) {
    past.addAll(works);
    return self();
  }

  private B add(String kind, String currency, Limit limit) {
    rules.add(new Rule(kind, currency, limit));
    return self();
  }
}
