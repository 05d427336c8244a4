package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.throttle.spi.CostSum;
import dev.headway.throttle.spi.Counters;
import dev.headway.throttle.spi.LimitSet;
import dev.headway.throttle.spi.RemoteLimits;
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
  final LimitSet own;

  /** The rules in force for this lane, its own first. */
  final LimitSet[] levels;

  /** Its own rules where no others matter; null if some do, or if it may be open. */
  final @Nullable LimitSet sole;

  private final List<LimitSet> inner;

  /** Whether nobody is counted while there are no rules. */
  private final boolean mayOpen;

  /**
   * Whether there are no rules, no pause and nobody who waits: then all go through, and nothing is
   * counted. Read without the guard.
   */
  volatile boolean open;

  /** What waits here. */
  private final CostSum waiting = new CostSum();

  /** The rules that hold up its first caller, as far as has been found out, and until when. */
  @Nullable LimitSet obstacle;

  /** Those of its levels that are decided on outside of this process. */
  final List<RemoteLimits> remotes;

  /** How many have yet to be told whether they may wait. */
  int newcomers;

  /** Those whose time is up and who wait for what the store says. */
  final List<Waiter> late = new ArrayList<>();

  long heldUntil;

  Lane(LimitSet own, @Nullable Lane outer) {
    this(own, outer, false);
  }

  private Lane(LimitSet own, @Nullable Lane outer, boolean mayOpen) {
    this.own = own;
    this.mayOpen = mayOpen;
    open = mayOpen;
    List<LimitSet> all = new ArrayList<>(List.of(own));
    if (outer != null) {
      all.addAll(List.of(outer.levels));
    }
    levels = all.toArray(LimitSet[]::new);
    remotes =
        all.stream().filter(RemoteLimits.class::isInstance).map(RemoteLimits.class::cast).toList();
    sole = outer == null && !mayOpen ? own : null;
    inner = List.copyOf(all.subList(0, all.size() - 1));
  }

  /** A lane that is open, and opens again after a pause, until it is given rules. */
  static Lane open() {
    return new Lane(new LimitSet(List.of()), null, true);
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

  boolean has(LimitSet level) {
    return List.of(levels).contains(level);
  }

  boolean isRemote() {
    return !remotes.isEmpty();
  }

  /** Whether it has yet to be decided elsewhere whether those who wait may start. */
  boolean undecided(long now) {
    return remotes.stream().anyMatch(level -> level.isUndecided(now));
  }

  /** Has what happened here told to remote limits. No guard is held. */
  void attend() {
    remotes.forEach(RemoteLimits::afterChange);
  }

  /** Whether what was granted here is no longer good. */
  boolean lapsed(long now) {
    return remotes.stream().anyMatch(level -> level.hasLapsed(now));
  }

  /** Takes back what has lapsed. */
  void forget(long startedAt, Cost cost) {
    for (LimitSet level : levels) {
      level.forget(startedAt, cost);
    }
  }

  /** The rules that are not everybody's. */
  List<LimitSet> inner() {
    return inner;
  }

  /** The rules that hold for all lanes of the gate. */
  LimitSet outermost() {
    return levels[levels.length - 1];
  }

  LimitSet obstacle() {
    return Objects.requireNonNull(obstacle);
  }

  long readyAt(long now, Cost cost) {
    long ready = now;
    for (LimitSet level : levels) {
      ready = Math.max(ready, level.readyAt(now, cost));
    }
    return ready;
  }

  /**
   * Starts a cost if all levels allow it now; where a store decides on several, all get in line.
   */
  boolean startIfReady(long now, Cost cost) {
    if (isRemote()) {
      return false;
    }
    for (LimitSet level : levels) {
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
    for (LimitSet level : levels) {
      level.undo(startedAt, now, cost);
    }
  }

  /** Returns what one of the rules threw. */
  @Nullable Throwable arrived(long startedAt, long now, Cost cost) {
    Throwable failure = null;
    for (LimitSet level : levels) {
      Throwable thrown = level.arrived(startedAt, now, cost);
      failure = thrown == null ? failure : thrown;
    }
    return failure;
  }

  /** Returns what one of the rules threw. */
  @Nullable Throwable endArrived(long startedAt, long now, Cost cost) {
    Throwable failure = null;
    for (LimitSet level : levels) {
      Throwable thrown = level.endArrived(startedAt, now, cost);
      failure = thrown == null ? failure : thrown;
    }
    return failure;
  }

  /** Returns what one of the rules threw. */
  @Nullable Throwable end(long startedAt, long now, Cost cost) {
    Throwable failure = null;
    for (LimitSet level : levels) {
      Throwable thrown = level.end(startedAt, now, cost);
      failure = thrown == null ? failure : thrown;
    }
    return failure;
  }

  /** Returns what one of the rules threw. */
  @Nullable Throwable settle(LocalPermit permit, long now, String budget, long from, long to) {
    long startedAt = permit.startedAt;
    Throwable failure = null;
    for (LimitSet level : levels) {
      Throwable thrown =
          permit.arrived
              ? level.settleArrived(startedAt, permit.arrivedAt, now, budget, from, to)
              : level.settle(startedAt, now, budget, from, to);
      failure = thrown == null ? failure : thrown;
    }
    return failure;
  }

  /** Counts something for all levels. */
  void count(Consumer<Counters> counting) {
    for (LimitSet level : levels) {
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
    if (isRemote()) {
      late.remove(waiter);
      remotes.forEach(level -> level.left(waiter));
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
    CostSum ahead = new CostSum(ahead(newcomer.rank()));
    ahead.subtract(newcomer.cost);
    return forecast(now, newcomer.cost, ahead);
  }

  /** An instant before which a cost cannot start behind all that is ahead of it. */
  long forecast(long now, Cost cost, CostSum ahead) {
    long ready = now;
    for (LimitSet level : levels) {
      ready = Math.max(ready, level.forecast(now, ahead, cost));
    }
    return ready;
  }

  /** What waits before whoever counts as having come at an instant. */
  private CostSum ahead(long rank) {
    List<Waiter> after = queue.after(rank);
    if (after.isEmpty()) {
      return waiting;
    }
    CostSum ahead = new CostSum(waiting);
    after.forEach(waiter -> ahead.subtract(waiter.cost));
    return ahead;
  }

  long available(long now) {
    long available = Long.MAX_VALUE;
    for (LimitSet level : levels) {
      available = Math.min(available, level.available(now));
    }
    return available;
  }

  long longestPeriod() {
    long longest = 0;
    for (LimitSet level : levels) {
      longest = Math.max(longest, level.longestPeriod());
    }
    return longest;
  }

  boolean knows(String budget) {
    boolean unlimited = true;
    for (LimitSet level : levels) {
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
      for (LimitSet level : levels) {
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
    for (LimitSet level : levels) {
      String why = level.impossible(cost).orElse(null);
      if (why != null) {
        return new IllegalArgumentException(why);
      }
    }
    return null;
  }
}
