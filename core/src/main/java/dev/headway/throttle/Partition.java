package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.Rule;
import dev.headway.throttle.spi.CostSum;
import dev.headway.throttle.spi.Counters;
import dev.headway.throttle.spi.LimitSet;
import dev.headway.throttle.spi.RemoteLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The part of a queue whose callers need the same limits: those of a key, or of a whole throttle.
 *
 * <p>It has its own limits and those that it shares with other partitions of the queue, level by
 * level outwards; the outermost level holds for the whole queue. Used under the queue's lock.
 */
final class Partition {

  final WaitQueue queue = new WaitQueue();
  final LimitSet own;

  /** The limits of this partition, its own first. */
  final LimitSet[] levels;

  /** The only level; null if there are more, or if this partition may be open. */
  final @Nullable LimitSet sole;

  /** The levels that are decided on outside of this process. */
  final List<RemoteLimits> remotes;

  /** Whether there are such levels. */
  final boolean remote;

  private final List<LimitSet> inner;

  /** Whether callers are not counted while there are no limits. */
  private final boolean mayOpen;

  /**
   * Whether there are no limits, no pause and no waiting callers: then every caller starts, and
   * nothing is counted. Read without the lock.
   */
  volatile boolean open;

  /** The costs of all that wait here. */
  private final CostSum waiting = new CostSum();

  /** The level that the first caller waits for, as far as is known, and until when. */
  @Nullable LimitSet obstacle;

  long heldUntil;

  /** How many callers wait for a decision of a remote limit on whether they may wait. */
  int undecided;

  /** Callers whose time is up and that still wait for the store's answer. */
  final List<Waiter> overdue = new ArrayList<>();

  Partition(LimitSet own, @Nullable Partition outer) {
    this(own, outer, false);
  }

  private Partition(LimitSet own, @Nullable Partition outer, boolean mayOpen) {
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
    remote = !remotes.isEmpty();
    sole = outer == null && !mayOpen ? own : null;
    inner = List.copyOf(all.subList(0, all.size() - 1));
  }

  /** A partition without limits, which counts no callers until it is given some. */
  static Partition unlimited() {
    return new Partition(new LimitSet(List.of()), null, true);
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
      throw new IllegalStateException("no caller waits here");
    }
    return head;
  }

  boolean has(LimitSet level) {
    return List.of(levels).contains(level);
  }

  /** Whether a remote limit has yet to decide on the callers that wait. */
  boolean isUndecided(long now) {
    return remotes.stream().anyMatch(level -> level.isUndecided(now));
  }

  /** Tells remote limits that something has changed here. Called without the lock. */
  void afterChange() {
    remotes.forEach(RemoteLimits::afterChange);
  }

  /** Whether grants that have not been confirmed are void. */
  boolean hasLapsed(long now) {
    return remotes.stream().anyMatch(level -> level.hasLapsed(now));
  }

  /** Takes back a grant that has lapsed. */
  void forget(long startedAt, Cost cost) {
    for (LimitSet level : levels) {
      level.forget(startedAt, cost);
    }
  }

  /** All levels but the outermost. */
  List<LimitSet> inner() {
    return inner;
  }

  LimitSet outermost() {
    return levels[levels.length - 1];
  }

  long readyAt(long now, Cost cost) {
    long ready = now;
    for (LimitSet level : levels) {
      ready = Math.max(ready, level.readyAt(now, cost));
    }
    return ready;
  }

  /** Starts a cost if all levels allow it now. Remote limits decide on callers that wait only. */
  boolean startIfReady(long now, Cost cost) {
    if (remote) {
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

  /** Starts a cost on all levels, or, where a limit throws, on none. */
  void start(long now, Cost cost) {
    int done = 0;
    try {
      for (; done < levels.length; done++) {
        levels[done].start(now, cost);
      }
    } finally {
      for (int i = 0; done < levels.length && i < done; i++) {
        levels[i].undoStart(now, cost);
      }
    }
  }

  /** Moves a start to the instant at which its caller resumes. */
  void confirm(long startedAt, long now, Cost cost, boolean again) {
    for (LimitSet level : levels) {
      level.confirm(startedAt, now, cost, again);
    }
  }

  /** Takes back a start that may have been moved, as far as the limits allow. */
  void undo(long startedAt, long now, Cost cost) {
    for (LimitSet level : levels) {
      level.undo(startedAt, now, cost);
    }
  }

  /** Changes all levels, even if a limit throws; returns its exception. */
  @Nullable Throwable each(Function<LimitSet, @Nullable Throwable> change) {
    Throwable failure = null;
    for (LimitSet level : levels) {
      Throwable thrown = change.apply(level);
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
    if (remote) {
      overdue.remove(waiter);
      remotes.forEach(level -> level.left(waiter));
    }
    if (waiter.undecided) {
      undecided--;
    }
    count(totals -> totals.waiting--);
    waiting.subtract(waiter.cost);
  }

  /**
   * An instant before which a new caller with a head start cannot start. Only callers of this
   * partition are known to go before it: those of another may wait for limits of their own.
   */
  long forecast(long now, Cost cost, long headStartNanos) {
    return forecast(now, cost, ahead(now - headStartNanos));
  }

  /** An instant before which a caller that has just joined cannot start. */
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

  /** The costs that wait ahead of a rank. */
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
    return Arrays.stream(levels).mapToLong(level -> level.available(now)).min().orElseThrow();
  }

  long longestPeriod() {
    return Arrays.stream(levels).mapToLong(LimitSet::longestPeriod).max().orElseThrow();
  }

  private boolean knows(String budget) {
    return budget.equals(Cost.PERMITS)
        || Arrays.stream(levels).anyMatch(level -> level.counts(budget))
        || Arrays.stream(levels).allMatch(level -> level.rules().isEmpty());
  }

  /**
   * Checks the budgets of a cost.
   *
   * @throws IllegalArgumentException if no limit here counts one of them
   */
  void checkBudgets(Cost cost) {
    if (!cost.budgets().isEmpty()) {
      cost.budgets().keySet().forEach(this::checkBudget);
    }
  }

  void checkBudget(String budget) {
    if (!knows(budget)) {
      List<String> known =
          Arrays.stream(levels)
              .flatMap(level -> level.rules().stream())
              .map(Rule::currency)
              .distinct()
              .toList();
      throw new IllegalArgumentException(
          "this throttle counts no budget \"%1$s\", only %2$s; give it one with budget(\"%1$s\", rate)"
              .formatted(budget, known));
    }
  }

  /** Why a cost can never start, however long it waits; null if it can. */
  EntryDecision.@Nullable Rejection rejection(Cost cost) {
    for (LimitSet level : levels) {
      if (level.isClosed()) {
        return EntryDecision.closed();
      }
      LimitSet.TooSmall tooSmall = level.tooSmallFor(cost);
      if (tooSmall != null) {
        return EntryDecision.tooExpensive(cost, tooSmall);
      }
    }
    return null;
  }

  /** Why a cost that waits for a level must not wait any longer; null if it may. */
  EntryDecision.@Nullable Rejection neverReady(Cost cost, long now, LimitSet obstacle) {
    return obstacle.never(now, cost) ? EntryDecision.neverReady(cost, own.rules()) : null;
  }
}
