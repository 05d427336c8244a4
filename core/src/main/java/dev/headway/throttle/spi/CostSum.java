package dev.headway.throttle.spi;

import dev.headway.limit.Cost;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sums of costs, by currency. */
public final class CostSum {

  private long permits;
  private final Map<String, Long> budgets;

  public CostSum() {
    budgets = new HashMap<>();
  }

  public CostSum(CostSum other) {
    permits = other.permits;
    budgets = new HashMap<>(other.budgets);
  }

  public long of(String currency) {
    return currency.equals(Cost.PERMITS) ? permits : budgets.getOrDefault(currency, 0L);
  }

  public void add(Cost cost) {
    permits += cost.permits();
    if (!cost.budgets().isEmpty()) {
      cost.budgets().forEach(this::add);
    }
  }

  public void subtract(Cost cost) {
    permits -= cost.permits();
    if (!cost.budgets().isEmpty()) {
      cost.budgets().forEach((budget, amount) -> add(budget, -amount));
    }
  }

  public void add(CostSum other) {
    permits += other.permits;
    other.budgets.forEach(this::add);
  }

  public void subtract(CostSum other) {
    permits -= other.permits;
    other.budgets.forEach((budget, amount) -> add(budget, -amount));
  }

  public boolean covers(Cost cost) {
    return permits >= cost.permits()
        && cost.budgets().entrySet().stream().allMatch(e -> of(e.getKey()) >= e.getValue());
  }

  public boolean isZero() {
    return permits == 0 && budgets.isEmpty();
  }

  public void clear() {
    permits = 0;
    budgets.clear();
  }

  public List<Long> of(List<String> currencies) {
    return currencies.stream().map(this::of).toList();
  }

  public void add(String currency, long amount) {
    if (currency.equals(Cost.PERMITS)) {
      permits += amount;
    } else if (of(currency) + amount == 0) {
      budgets.remove(currency);
    } else {
      budgets.merge(currency, amount, Long::sum);
    }
  }
}
