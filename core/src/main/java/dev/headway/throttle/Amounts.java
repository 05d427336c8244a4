package dev.headway.throttle;

import dev.headway.Cost;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sums of costs, by currency. */
final class Amounts {

  private long permits;
  private final Map<String, Long> budgets;

  Amounts() {
    budgets = new HashMap<>();
  }

  Amounts(Amounts other) {
    permits = other.permits;
    budgets = new HashMap<>(other.budgets);
  }

  long of(String currency) {
    return currency.equals(Cost.PERMITS) ? permits : budgets.getOrDefault(currency, 0L);
  }

  void add(Cost cost) {
    permits += cost.permits();
    if (!cost.budgets().isEmpty()) {
      cost.budgets().forEach(this::add);
    }
  }

  void subtract(Cost cost) {
    permits -= cost.permits();
    if (!cost.budgets().isEmpty()) {
      cost.budgets().forEach((budget, amount) -> add(budget, -amount));
    }
  }

  void add(Amounts other) {
    permits += other.permits;
    other.budgets.forEach(this::add);
  }

  void subtract(Amounts other) {
    permits -= other.permits;
    other.budgets.forEach((budget, amount) -> add(budget, -amount));
  }

  boolean covers(Cost cost) {
    return permits >= cost.permits()
        && cost.budgets().entrySet().stream().allMatch(e -> of(e.getKey()) >= e.getValue());
  }

  boolean isZero() {
    return permits == 0 && budgets.isEmpty();
  }

  void clear() {
    permits = 0;
    budgets.clear();
  }

  List<Long> of(List<String> currencies) {
    return currencies.stream().map(this::of).toList();
  }

  void add(String currency, long amount) {
    if (currency.equals(Cost.PERMITS)) {
      permits += amount;
    } else if (of(currency) + amount == 0) {
      budgets.remove(currency);
    } else {
      budgets.merge(currency, amount, Long::sum);
    }
  }
}
