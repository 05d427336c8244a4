package dev.headway.limit;

import java.util.Optional;

/**
 * One limit of a throttle, as a value.
 *
 * @param kind the sort of rule, such as {@code rate}; an update replaces rules of the same kind,
 *     name and currency
 * @param name the name of the rule, if it has one
 * @param currency the currency that it counts: permits or the name of a budget
 * @param limit the limit as text, such as {@code 100/m}
 * @param capacity the largest amount that could ever start in one piece; {@link Long#MAX_VALUE} if
 *     it has no bound
 * @param rate the rate of a sliding window, a token bucket or a spacing; empty for others
 * @param counted from when a sliding window counts; empty for others
 */
public record LimitSnapshot(
    String kind,
    Optional<String> name,
    String currency,
    String limit,
    long capacity,
    Optional<Rate> rate,
    Optional<Counted> counted) {

  /** A snapshot of a rule. */
  public static LimitSnapshot of(Rule rule) {
    Optional<Rate> rate =
        switch (rule.limit()) {
          case SlidingWindow window -> Optional.of(window.rate());
          case TokenBucket bucket -> Optional.of(bucket.rate());
          case Spacing spacing -> Optional.of(spacing.rate());
          default -> Optional.empty();
        };
    Optional<Counted> counted =
        rule.limit() instanceof SlidingWindow window
            ? Optional.of(window.counted())
            : Optional.empty();
    return new LimitSnapshot(
        rule.kind(),
        Optional.of(rule.name()).filter(name -> !name.isEmpty()),
        rule.currency(),
        String.valueOf(rule.limit()),
        rule.limit().capacity(),
        rate,
        counted);
  }

  /**
   * The limit as text, with its name and the budget that it counts, if it has them: {@code burst:
   * 5/s}, {@code tokens 5000/m}.
   */
  @Override
  public String toString() {
    String prefix = name.map(text -> text + ": ").orElse("");
    return prefix + (currency.equals(Cost.PERMITS) ? limit : currency + " " + limit);
  }
}
