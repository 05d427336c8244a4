package dev.headway.throttle;

import dev.headway.Cost;
import dev.headway.limit.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of callers and the rules that hold for it: its own first, then those that it shares with
 * the lanes of the same gate, outwards. Used under its gate's guard.
 */
final class Lane {

  final WaitQueue queue = new WaitQueue();
  final RuleSet own;

  /** The rules in force for this lane, its own first. */
  final RuleSet[] levels;

  long running;
  long granted;
  long refused;
  long abandoned;
  long waitedNanos;

  Lane(RuleSet own, @Nullable Lane outer) {
    this.own = own;
    List<RuleSet> all = new ArrayList<>(List.of(own));
    if (outer != null) {
      all.addAll(List.of(outer.levels));
    }
    levels = all.toArray(RuleSet[]::new);
  }

  Waiter head() {
    Waiter head = queue.first();
    if (head == null) {
      throw new IllegalStateException("nobody waits here");
    }
    return head;
  }

  long readyAt(long now, Cost cost) {
    long ready = now;
    for (RuleSet level : levels) {
      ready = Math.max(ready, level.readyAt(now, cost));
    }
    return ready;
  }

  void start(long now, Cost cost) {
    for (RuleSet level : levels) {
      level.start(now, cost);
    }
    running++;
    granted++;
  }

  void end(long startedAt, long now, Cost cost) {
    for (RuleSet level : levels) {
      level.end(startedAt, now, cost);
    }
    running--;
  }

  void add(Waiter waiter) {
    queue.add(waiter);
    for (RuleSet level : levels) {
      level.waiting(waiter.cost, 1);
    }
  }

  void remove(Waiter waiter) {
    queue.remove(waiter);
    for (RuleSet level : levels) {
      level.waiting(waiter.cost, -1);
    }
  }

  long forecast(long now, Cost cost) {
    long ready = now;
    for (RuleSet level : levels) {
      ready = Math.max(ready, level.forecast(now, cost));
    }
    return ready;
  }

  long available(long now) {
    long available = Long.MAX_VALUE;
    for (RuleSet level : levels) {
      available = Math.min(available, level.available(now));
    }
    return available;
  }

  long longestPeriod() {
    long longest = 0;
    for (RuleSet level : levels) {
      longest = Math.max(longest, level.longestPeriod());
    }
    return longest;
  }

  boolean knows(String budget) {
    boolean unlimited = true;
    for (RuleSet level : levels) {
      if (level.counts(budget)) {
        return true;
      }
      unlimited &= level.rules().isEmpty();
    }
    return unlimited || budget.equals(Cost.PERMITS);
  }

  /** Throws what a cost deserves that names a budget which no rule here counts. */
  void checkBudgets(Cost cost) {
    if (!cost.budgets().isEmpty()) {
      cost.budgets().keySet().forEach(this::checkBudget);
    }
  }

  void checkBudget(String budget) {
    if (!knows(budget)) {
      List<String> known = new ArrayList<>();
      for (RuleSet level : levels) {
        level.rules().forEach(rule -> known.add(rule.currency()));
      }
      throw new IllegalArgumentException(
          "this throttle counts no budget \"" + budget + "\", only "
              + known.stream().distinct().toList()
              + "; give it one with budget(\"" + budget + "\", rate)");
    }
  }

  /** What to throw for a cost that could not be met however long one waited; null if it could. */
  @Nullable RuntimeException impossible(Cost cost) {
    for (RuleSet level : levels) {
      String why = level.impossible(cost).orElse(null);
      if (why != null) {
        return new IllegalArgumentException(why);
      }
    }
    return null;
  }
}
