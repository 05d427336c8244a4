package dev.headway.distributed;

import dev.headway.limit.Concurrency;
import dev.headway.limit.Cost;
import dev.headway.limit.Limit;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.limit.SlidingWindow;
import dev.headway.limit.Spacing;
import dev.headway.limit.TokenBucket;
import dev.headway.throttle.spi.LimitSet;
import java.time.Duration;
import java.util.List;

/**
 * The part of shared limits that a process uses alone while the store is away: one {@code n}-th of
 * each. Used under the queue's lock.
 *
 * <p>It counts everything that this process starts. The starts of others are unknown, so the rest
 * of its part counts as just started by others: at first it reuses only capacity freed by its own
 * starts.
 */
final class FallbackLimits {

  private static final Duration LONGEST_PERIOD = Duration.ofDays(36_500);

  private final int members;
  private LimitSet rules = new LimitSet(List.of());

  FallbackLimits(int members, List<Rule> shared) {
    this.members = members;
    become(0, shared);
  }

  /** The shared rules have changed. */
  void become(long now, List<Rule> shared) {
    rules.update(now, shared.stream().map(this::share).toList(), true);
  }

  private Rule share(Rule rule) {
    return rule.withLimit(share(rule.limit()));
  }

  private Limit share(Limit limit) {
    return switch (limit) {
      case SlidingWindow window -> new SlidingWindow(share(window.rate()), window.counted());
      case TokenBucket bucket ->
          new TokenBucket(slower(bucket.rate()), Math.max(1, bucket.capacity() / members));
      case Spacing spacing -> Spacing.of(slower(spacing.rate()));
      case Concurrency concurrency ->
          new Concurrency(Math.max(1, concurrency.capacity() / members));
      default -> throw new IllegalArgumentException("\"" + limit + "\" cannot be shared");
    };
  }

  /**
   * The rate with an {@code n}-th of the permits, or with a longer period where that would be none.
   */
  private Rate share(Rate rate) {
    long permits = rate.permits() / members;
    return permits > 0 ? Rate.of(permits, rate.period()) : slower(rate.permits(), rate);
  }

  private Rate slower(Rate rate) {
    return slower(rate.permits(), rate);
  }

  private Rate slower(long permits, Rate rate) {
    Duration longest = LONGEST_PERIOD.dividedBy(members);
    return rate.period().compareTo(longest) <= 0
        ? Rate.of(permits, rate.period().multipliedBy(members))
        : Rate.of(permits, LONGEST_PERIOD);
  }

  /** The store is away: possible starts of others count as started now. */
  void begin(long now) {
    for (Rule rule : rules.rules()) {
      long free = rule.limit().available(now);
      if (free > 0) {
        rule.limit().start(now, free);
        rule.limit().end(now, now, free);
      }
    }
  }

  long readyAt(long now, Cost cost) {
    return rules.tooSmallFor(cost) != null ? Limit.NEVER : rules.readyAt(now, cost);
  }

  long available(long now) {
    return rules.available(now);
  }

  void start(long now, Cost cost) {
    rules.start(now, cost);
  }

  void undoStart(long now, Cost cost) {
    rules.undoStart(now, cost);
  }

  void confirm(long startedAt, long now, Cost cost, boolean again) {
    rules.confirm(startedAt, now, cost, again);
  }

  void end(long startedAt, long now, Cost cost) {
    rules.end(startedAt, Limit.NEVER, now, cost);
  }

  void settle(long startedAt, long now, String budget, long from, long to) {
    rules.settle(startedAt, Limit.NEVER, now, budget, from, to);
  }
}
