package dev.headway.limit;

import java.util.HashMap;
import java.util.Map;

/**
 * How much one task takes from the limits of a throttle: a number of permits, and amounts of other
 * budgets, such as tokens.
 *
 * @param permits how many permits, 1 to 10<sup>15</sup>
 * @param budgets amounts, 0 to 10<sup>15</sup>, by the names of their budgets
 */
public record Cost(long permits, Map<String, Long> budgets) {

  /** The currency that every throttle counts. No budget may have this name. */
  public static final String PERMITS = "permits";

  private static final long MOST = 1_000_000_000_000_000L;
  private static final Cost ONE = new Cost(1, Map.of());

  /**
   * Creates a cost.
   *
   * @throws IllegalArgumentException if {@code permits} or an amount is out of range or a budget is
   *     named {@value #PERMITS}
   */
  public Cost {
    if (permits < 1 || permits > MOST) {
      throw new IllegalArgumentException("permits must be 1 to " + MOST + ", not " + permits);
    }
    budgets = Map.copyOf(budgets);
    budgets.forEach((name, amount) -> {
      if (name.equals(PERMITS) || name.isBlank()) {
        throw new IllegalArgumentException(
            "a budget needs a name other than \"" + name + "\", such as \"tokens\"");
      }
      if (amount < 0 || amount > MOST) {
        throw new IllegalArgumentException(
            "an amount of " + name + " must be 0 to " + MOST + ", not " + amount);
      }
    });
  }

  /** One permit and nothing else. */
  public static Cost one() {
    return ONE;
  }

  /**
   * So many permits and nothing else.
   *
   * @throws IllegalArgumentException if {@code permits} is out of range
   */
  public static Cost permits(long permits) {
    return permits == 1 ? ONE : new Cost(permits, Map.of());
  }

  /**
   * One permit, and {@code amount} of the named budget.
   *
   * @throws IllegalArgumentException if {@code amount} is out of range or the name is not a
   *     budget's
   */
  public static Cost of(String budget, long amount) {
    return ONE.and(budget, amount);
  }

  /**
   * This cost with {@code amount} of the named budget instead of the amount that it had.
   *
   * @throws IllegalArgumentException if {@code amount} is out of range or the name is not a
   *     budget's
   */
  public Cost and(String budget, long amount) {
    Map<String, Long> all = new HashMap<>(budgets);
    all.put(budget, amount);
    return new Cost(permits, all);
  }

  /**
   * This cost with {@code amount} of a currency, {@value #PERMITS} or a budget, instead of the
   * amount that it had.
   *
   * @throws IllegalArgumentException if {@code amount} is out of range or the name is not a
   *     budget's
   */
  public Cost with(String currency, long amount) {
    return currency.equals(PERMITS) ? new Cost(amount, budgets) : and(currency, amount);
  }

  /** How much this takes of a currency: {@value #PERMITS} or a budget; 0 if it takes none. */
  public long amount(String currency) {
    return currency.equals(PERMITS) ? permits : budgets.getOrDefault(currency, 0L);
  }

  /** The amounts as text, such as {@code 1 permit, 1200 tokens}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(permits == 1 ? "1 permit" : permits + " permits");
    budgets.forEach((name, amount) -> text.append(", ").append(amount).append(' ').append(name));
    return text.toString();
  }
}
