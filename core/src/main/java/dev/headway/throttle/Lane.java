package dev.headway.throttle;

import dev.headway.Cost;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
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

  /** Its own rules where no others matter; null if some do, or if it may be open. */
  final @Nullable RuleSet sole;

  private final List<RuleSet> inner;

  /** Whether nobody is counted while there are no rules. */
  private final boolean mayOpen;

  /**
   * Whether there are no rules, no pause and nobody who waits: then all go through, and nothing is
   * counted. Read without the guard.
   */
  volatile boolean open;

  /** What waits here. */
  private final Amounts waiting = new Amounts();

  /** The rules that hold up its first caller, as far as has been found out, and until when. */
  @Nullable RuleSet obstacle;

  /** Whether a store decides on some of the rules. */
  final boolean shared;

  /** How many have yet to be told whether they may wait. */
  int newcomers;

  /** Those whose time is up and who wait for what the store says. */
  final List<Waiter> late = new ArrayList<>();

  long heldUntil;

  Lane(RuleSet own, @Nullable Lane outer) {
    this(own, outer, false);
  }

  private Lane(RuleSet own, @Nullable Lane outer, boolean mayOpen) {
    this.own = own;
    this.mayOpen = mayOpen;
    open = mayOpen;
    List<RuleSet> all = new ArrayList<>(List.of(own));
    if (outer != null) {
      all.addAll(List.of(outer.levels));
    }
    levels = all.toArray(RuleSet[]::new);
    shared = all.stream().anyMatch(RuleSet::isShared);
    sole = outer == null && !mayOpen ? own : null;
    inner = List.copyOf(all.subList(0, all.size() - 1));
  }

  /** A lane that is open, and opens again after a pause, until it is given rules. */
  static Lane open() {
    return new Lane(new RuleSet(List.of()), null, true);
  }

  /** Finds out whether it is open now. */
  void openOrClose(long now) {
    if (mayOpen) {
      open = own.rules().isEmpty() && queue.size() == 0 && own.readyAt(now, Cost.one()) <= now;
    }
  }

  Waiter head() {
    Waiter head = queue.first();
    if (head == null) {
      throw new IllegalStateException("nobody waits here");
    }
    return head;
  }

  boolean has(RuleSet level) {
    return List.of(levels).contains(level);
  }

  /** Whether a store has yet to say whether those who wait may start. */
  boolean undecided(long now) {
    for (RuleSet level : levels) {
      if (level.undecided(now)) {
        return true;
      }
    }
    return false;
  }

  /** Has what happened here told to whoever else is to know. No guard is held. */
  void attend() {
    for (RuleSet level : levels) {
      level.attend();
    }
  }

  /** Whether what was granted here is no longer good. */
  boolean lapsed(long now) {
    for (RuleSet level : levels) {
      if (level.lapsed(now)) {
        return true;
      }
    }
    return false;
  }

  /** Takes back what has lapsed. */
  void forget(long startedAt, Cost cost) {
    for (RuleSet level : levels) {
      level.forget(startedAt, cost);
    }
  }

  /** The name by which a store knows its own rules. */
  String limit() {
    return own.limit();
  }

  /** The rules that are not everybody's. */
  List<RuleSet> inner() {
    return inner;
  }

  /** The rules that hold for all lanes of the gate. */
  RuleSet outermost() {
    return levels[levels.length - 1];
  }

  RuleSet obstacle() {
    return Objects.requireNonNull(obstacle);
  }

  long readyAt(long now, Cost cost) {
    long ready = now;
    for (RuleSet level : levels) {
      ready = Math.max(ready, level.readyAt(now, cost));
    }
    return ready;
  }

  /**
   * Starts a cost if all levels allow it now; where a store decides on several, all get in line.
   */
  boolean startIfReady(long now, Cost cost) {
    if (shared) {
      return false;
    }
    for (RuleSet level : levels) {
      if (level.readyAt(now, cost) > now) {
        return false;
      }
    }
    start(now, cost);
    openOrClose(now);
    return true;
  }

  /** Starts a cost on all levels, or, where a rule throws, on none. */
  void start(long now, Cost cost) {
    int done = 0;
    try {
      for (; done < levels.length; done++) {
        levels[done].start(now, cost);
      }
    } finally {
      for (int i = 0; done < levels.length && i < done; i++) {
        levels[i].takeBack(now, cost);
      }
    }
  }

  /** Takes back what was started, as if it had never been, as far as its limits let it. */
  void undo(long startedAt, long now, Cost cost) {
    for (RuleSet level : levels) {
      level.undo(startedAt, now, cost);
    }
  }

  /** Returns what one of the rules threw. */
  @Nullable Throwable end(long startedAt, long now, Cost cost) {
    Throwable failure = null;
    for (RuleSet level : levels) {
      Throwable thrown = level.end(startedAt, now, cost);
      failure = thrown == null ? failure : thrown;
    }
    return failure;
  }

  /** Returns what one of the rules threw. */
  @Nullable Throwable settle(long startedAt, long now, String budget, long from, long to) {
    Throwable failure = null;
    for (RuleSet level : levels) {
      Throwable thrown = level.settle(startedAt, now, budget, from, to);
      failure = thrown == null ? failure : thrown;
    }
    return failure;
  }

  /** Counts something for all levels. */
  void count(Consumer<Totals> counting) {
    for (RuleSet level : levels) {
      counting.accept(level.totals);
    }
  }

  void add(Waiter waiter) {
    queue.add(waiter);
    count(totals -> totals.waiting++);
    waiting.add(waiter.cost);
  }

  void remove(Waiter waiter) {
    queue.remove(waiter);
    if (shared) {
      late.remove(waiter);
      for (RuleSet level : levels) {
        level.parted(waiter);
      }
    }
    if (waiter.refusal != null) {
      newcomers--;
    }
    count(totals -> totals.waiting--);
    waiting.subtract(waiter.cost);
  }

  /**
   * An instant before which a cost cannot start that comes now with a head start. Only this lane's
   * callers are known to go before it: another lane's may be kept by rules of their own.
   */
  long forecast(long now, Cost cost, long headStartNanos) {
    return forecast(now, cost, ahead(now - headStartNanos));
  }

  /** An instant before which a caller that has just come cannot start. */
  long forecast(long now, Waiter newcomer) {
    Amounts ahead = new Amounts(ahead(newcomer.rank()));
    ahead.subtract(newcomer.cost);
    return forecast(now, newcomer.cost, ahead);
  }

  /** An instant before which a cost cannot start behind all that is ahead of it. */
  long forecast(long now, Cost cost, Amounts ahead) {
    long ready = now;
    for (RuleSet level : levels) {
      ready = Math.max(ready, level.forecast(now, ahead, cost));
    }
    return ready;
  }

  /** What waits before whoever counts as having come at an instant. */
  private Amounts ahead(long rank) {
    List<Waiter> after = queue.after(rank);
    if (after.isEmpty()) {
      return waiting;
    }
    Amounts ahead = new Amounts(waiting);
    after.forEach(waiter -> ahead.subtract(waiter.cost));
    return ahead;
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
          "this throttle counts no budget \""
              + budget
              + "\", only "
              + known.stream().distinct().toList()
              + "; give it one with budget(\""
              + budget
              + "\", rate)");
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
