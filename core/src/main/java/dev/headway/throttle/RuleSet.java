package dev.headway.throttle;

import dev.headway.Cost;
import dev.headway.limit.Limit;
import dev.headway.limit.Pause;
import dev.headway.limit.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rules that are met together, at one instant or not at all. Used under its gate's guard.
 *
 * <p>Limits may be a user's and throw. Then a start is taken back from those that had allowed it;
 * an end or a settlement is still told to all others.
 */
class RuleSet {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  private final Pause pause = new Pause();
  private List<Rule> rules;

  /** The same, those for permits first, of which there are so many. */
  private Limit[] limits = {};

  private String[] currencies = {};
  private int forPermits;

  /** The only one, if it is for permits: most throttles have no other. */
  private @Nullable Limit sole;

  /** How much runs. Counted for all budgets, since a rule for one may come while it runs. */
  private final Amounts running = new Amounts();

  /** Of all callers that these rules hold for. */
  final Totals totals = new Totals();

  RuleSet(List<Rule> rules) {
    this.rules = List.of();
    activate(rules);
  }

  private void activate(List<Rule> changed) {
    List<Rule> sorted = new ArrayList<>(changed);
    sorted.sort(Comparator.comparing(rule -> !rule.currency().equals(Cost.PERMITS)));
    rules = List.copyOf(changed);
    limits = sorted.stream().map(Rule::limit).toArray(Limit[]::new);
    currencies = sorted.stream().map(Rule::currency).toArray(String[]::new);
    forPermits = (int) sorted.stream().filter(rule -> rule.currency().equals(Cost.PERMITS)).count();
    sole = limits.length == 1 && forPermits == 1 ? limits[0] : null;
  }

  /** How many of the limits a cost may have to do with. */
  private int concerned(Cost cost) {
    return cost.budgets().isEmpty() ? forPermits : limits.length;
  }

  private long amount(Cost cost, int limit) {
    return limit < forPermits ? cost.permits() : cost.amount(currencies[limit]);
  }

  List<Rule> rules() {
    return rules;
  }

  boolean counts(String budget) {
    return rules().stream().anyMatch(rule -> rule.currency().equals(budget));
  }

  /** The earliest instant that suits all rules: a maximum, since each only ever puts off. */
  long readyAt(long now, Cost cost) {
    long ready = pause.readyAt(now, 1);
    int concerned = concerned(cost);
    for (int i = 0; i < concerned; i++) {
      long amount = amount(cost, i);
      if (amount > 0) {
        ready = Math.max(ready, limits[i].readyAt(now, amount));
      }
    }
    return ready;
  }

  /** Starts a cost if all rules allow it now. */
  boolean startIfReady(long now, Cost cost) {
    Limit limit = sole;
    if (limit == null) {
      if (readyAt(now, cost) > now) {
        return false;
      }
      start(now, cost);
      return true;
    }
    if (pause.readyAt(now, 1) > now || limit.readyAt(now, cost.permits()) > now) {
      return false;
    }
    limit.start(now, cost.permits());
    count(cost);
    return true;
  }

  void start(long now, Cost cost) {
    int done = 0;
    int concerned = concerned(cost);
    try {
      for (; done < concerned; done++) {
        long amount = amount(cost, done);
        if (amount > 0) {
          limits[done].start(now, amount);
        }
      }
    } finally {
      if (done < concerned) {
        takeBack(now, cost, done);
      }
    }
    count(cost);
  }

  private void count(Cost cost) {
    totals.running++;
    totals.granted++;
    running.add(cost);
  }

  /** Undoes a start of this instant. */
  void takeBack(long now, Cost cost) {
    totals.running--;
    totals.granted--;
    running.subtract(cost);
    takeBack(now, cost, concerned(cost));
  }

  private void takeBack(long now, Cost cost, int started) {
    for (int i = 0; i < started; i++) {
      long amount = amount(cost, i);
      if (amount > 0) {
        try {
          limits[i].settle(now, now, amount, 0);
        } catch (RuntimeException | Error e) {
          LOGGER.log(System.Logger.Level.WARNING, "a limit failed to take back a start", e);
        }
      }
    }
  }

  /**
   * Takes back what was started at one instant and may have gone on at another. A limit that fails
   * at this too counts it as ended.
   */
  void undo(long startedAt, long now, Cost cost) {
    totals.running--;
    totals.granted--;
    running.subtract(cost);
    for (int i = 0; i < concerned(cost); i++) {
      long amount = amount(cost, i);
      if (amount > 0) {
        try {
          limits[i].settle(startedAt, now, amount, 0);
        } catch (RuntimeException | Error e) {
          LOGGER.log(System.Logger.Level.WARNING, "a limit failed to take back a start", e);
        }
      }
    }
  }

  /** What was started goes on only now. */
  void goOn(LocalPermit permit, long now) {
    if (now <= permit.startedAt) {
      return;
    }
    Cost cost = permit.cost();
    long startedAt = permit.startedAt;
    int concerned = concerned(cost);
    int done = 0;
    try {
      for (; done < concerned; done++) {
        long amount = amount(cost, done);
        if (amount > 0) {
          limits[done].delay(startedAt, now, amount);
        }
      }
    } finally {
      for (int i = 0; done < concerned && i < done; i++) {
        long amount = amount(cost, i);
        if (amount > 0) {
          // Back to where it was, for whatever takes it back now.
          limits[i].delay(now, startedAt, amount);
        }
      }
    }
  }

  /** Returns what one of the rules threw. */
  @Nullable Throwable end(long startedAt, long now, Cost cost) {
    totals.running--;
    running.subtract(cost);
    Throwable failure = null;
    int concerned = concerned(cost);
    for (int i = 0; i < concerned; i++) {
      long amount = amount(cost, i);
      try {
        if (amount > 0) {
          limits[i].end(startedAt, now, amount);
        }
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }
    return failure;
  }

  /** Returns what one of the rules threw. */
  @Nullable Throwable settle(long startedAt, long now, String budget, long from, long to) {
    running.add(budget, to - from);
    Throwable failure = null;
    for (int i = 0; i < limits.length; i++) {
      try {
        if (currencies[i].equals(budget)) {
          limits[i].settle(startedAt, now, from, to);
        }
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }
    return failure;
  }

  /** An instant before which a cost cannot start behind all that is ahead of it. */
  long forecast(long now, Amounts ahead, Cost cost) {
    long ready = pause.readyAt(now, 1);
    for (int i = 0; i < concerned(cost); i++) {
      long amount = amount(cost, i);
      if (amount > 0) {
        ready = Math.max(ready, limits[i].forecast(now, ahead.of(currencies[i]), amount));
      }
    }
    return ready;
  }

  /** Why a cost could not be met however long one waited; empty if it could. */
  Optional<String> impossible(Cost cost) {
    for (Rule rule : rules()) {
      long capacity = rule.limit().capacity();
      if (cost.amount(rule.currency()) > capacity) {
        return Optional.of(
            cost
                + " can never start: \""
                + rule.limit()
                + "\" allows at most "
                + capacity
                + " "
                + rule.currency()
                + " in one piece; ask for less, or split the work");
      }
    }
    return Optional.empty();
  }

  /** Whether nothing runs whose end could let a cost start that cannot. */
  boolean never(long now, Cost cost) {
    return totals.running == 0 && readyAt(now, cost) == Limit.NEVER;
  }

  void pauseUntil(long instant) {
    pause.extend(instant);
  }

  long longestPeriod() {
    return rules().stream().map(Rule::limit).mapToLong(Limit::periodNanos).max().orElse(0);
  }

  long available(long now) {
    if (pause.readyAt(now, 1) > now) {
      return 0;
    }
    return rules.stream()
        .filter(rule -> rule.currency().equals(Cost.PERMITS))
        .mapToLong(rule -> rule.limit().available(now))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Whether what was granted and has not gone on is no longer good. */
  boolean lapsed(long now) {
    return false;
  }

  /** Takes back what has lapsed. */
  void forget(Cost cost) {
    totals.running--;
    totals.granted--;
    running.subtract(cost);
  }

  /** The name by which a store knows them, if it does. */
  String limit() {
    throw new IllegalStateException("no store knows of these rules");
  }

  /** Whether a store decides. */
  boolean isShared() {
    return false;
  }

  /** Whether a store has yet to say whether those who wait may start. */
  boolean undecided(long now) {
    return false;
  }

  /** A caller has left the line. */
  void parted(Waiter waiter) {}

  /** Has what happened told to whoever else is to know. No guard is held. */
  void attend() {}

  boolean idle(long now) {
    return totals.running == 0
        && totals.waiting == 0
        && pause.idle(now)
        && all().allMatch(limit -> limit.idle(now));
  }

  private Stream<Limit> all() {
    return rules.stream().map(Rule::limit);
  }

  /**
   * Puts {@code changed} in place of the rules of the same kinds and currencies, which hand on what
   * they remember; other rules stay.
   */
  void update(long now, List<Rule> changed, boolean dropOthers) {
    List<Rule> kept = new ArrayList<>(rules);
    kept.removeIf(rule -> dropOthers || changed.stream().anyMatch(c -> replaces(c, rule)));
    kept.addAll(changed);
    for (Rule rule : changed) {
      boolean inherited = false;
      for (Rule former : rules) {
        inherited |= replaces(rule, former) && inherits(rule.limit(), former.limit(), now);
      }
      long amount = running.of(rule.currency());
      if (!inherited && amount > 0) {
        rule.limit().start(now, amount);
      }
    }
    activate(kept);
  }

  /** How much runs of a currency. */
  long running(String currency) {
    return running.of(currency);
  }

  @SuppressWarnings("ReferenceEquality") // the very same limit remembers all that it did
  private static boolean inherits(Limit limit, Limit former, long now) {
    return limit == former || limit.inherit(former, now);
  }

  static boolean replaces(Rule rule, Rule former) {
    return rule.kind().equals(former.kind()) && rule.currency().equals(former.currency());
  }
}
