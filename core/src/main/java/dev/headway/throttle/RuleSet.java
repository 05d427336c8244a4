package dev.headway.throttle;

import dev.headway.Cost;
import dev.headway.limit.Limit;
import dev.headway.limit.Pause;
import dev.headway.limit.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Rules that are met together, at one instant or not at all. Used under its gate's guard. */
final class RuleSet {

  /** A rule in force, with the tally of what it counts. */
  private record Active(Rule rule, Tally tally) {
    long amount(Cost cost) {
      return cost.amount(rule.currency());
    }
  }

  private final Pause pause = new Pause();
  private final Tally permits = new Tally();
  private final Map<String, Tally> tallies = new HashMap<>(Map.of(Cost.PERMITS, permits));
  private Active[] active = {};
  private List<Rule> rules = List.of();

  /** How many permits are open. */
  private long holders;

  RuleSet(List<Rule> rules) {
    activate(rules);
  }

  private void activate(List<Rule> all) {
    rules = List.copyOf(all);
    active =
        rules.stream()
            .map(rule -> new Active(rule, tallies.computeIfAbsent(rule.currency(), c -> new Tally())))
            .toArray(Active[]::new);
  }

  List<Rule> rules() {
    return rules;
  }

  boolean counts(String budget) {
    return rules.stream().anyMatch(rule -> rule.currency().equals(budget));
  }

  /** The earliest instant that suits all rules: a maximum, since each only ever puts off. */
  long readyAt(long now, Cost cost) {
    long ready = pause.readyAt(now, 1);
    for (Active each : active) {
      long amount = each.amount(cost);
      if (amount > 0) {
        ready = Math.max(ready, each.rule.limit().readyAt(now, amount));
      }
    }
    return ready;
  }

  void start(long now, Cost cost) {
    holders++;
    count(cost, 1);
    for (Active each : active) {
      long amount = each.amount(cost);
      if (amount > 0) {
        each.rule.limit().start(now, amount);
      }
    }
  }

  void end(long startedAt, long now, Cost cost) {
    holders--;
    count(cost, -1);
    for (Active each : active) {
      long amount = each.amount(cost);
      if (amount > 0) {
        each.rule.limit().end(startedAt, now, amount);
      }
    }
  }

  private void count(Cost cost, int sign) {
    permits.running += sign * cost.permits();
    if (!cost.budgets().isEmpty()) {
      cost.budgets().forEach((name, amount) -> addRunning(name, sign * amount));
    }
  }

  private void addRunning(String budget, long by) {
    Tally tally = tallies.get(budget);
    if (tally != null) {
      tally.running += by;
    }
  }

  private long running(String currency) {
    Tally tally = tallies.get(currency);
    return tally == null ? 0 : tally.running;
  }

  void settle(long startedAt, long now, String budget, long from, long to) {
    addRunning(budget, to - from);
    for (Active each : active) {
      if (each.rule.currency().equals(budget)) {
        each.rule.limit().settle(startedAt, now, from, to);
      }
    }
  }

  /** Counts a cost as waited for (1) or no longer so (-1). */
  void waiting(Cost cost, int sign) {
    for (Map.Entry<String, Tally> entry : tallies.entrySet()) {
      entry.getValue().waiting += sign * cost.amount(entry.getKey());
    }
  }

  /** An instant before which nothing that arrives now can start, behind all that waits. */
  long forecast(long now, Cost cost) {
    long ready = pause.readyAt(now, 1);
    for (Active each : active) {
      long amount = each.amount(cost);
      if (amount > 0) {
        ready = Math.max(ready, each.rule.limit().forecast(now, each.tally.waiting, amount));
      }
    }
    return ready;
  }

  /** Why a cost could not be met however long one waited; empty if it could. */
  Optional<String> impossible(Cost cost) {
    for (Active each : active) {
      if (each.amount(cost) > each.rule.limit().capacity()) {
        return Optional.of(
            cost + " can never start: \"" + each.rule.limit() + "\" allows at most "
                + each.rule.limit().capacity() + " " + each.rule.currency()
                + " in one piece; ask for less, or split the work");
      }
    }
    return Optional.empty();
  }

  boolean nothingRuns() {
    return holders == 0;
  }

  void pauseUntil(long instant) {
    pause.extend(instant);
  }

  long longestPeriod() {
    return active(rule -> true).mapToLong(Limit::periodNanos).max().orElse(0);
  }

  long available(long now) {
    if (pause.readyAt(now, 1) > now) {
      return 0;
    }
    return active(rule -> rule.currency().equals(Cost.PERMITS))
        .mapToLong(limit -> limit.available(now))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  boolean idle(long now) {
    return holders == 0 && pause.idle(now) && active(rule -> true).allMatch(l -> l.idle(now));
  }

  private java.util.stream.Stream<Limit> active(Predicate<Rule> which) {
    return rules.stream().filter(which).map(Rule::limit);
  }

  /**
   * Puts {@code changed} in place of the rules of the same kinds and currencies, which hand on what
   * they remember; other rules stay.
   */
  void update(long now, List<Rule> changed, boolean dropOthers) {
    List<Rule> former = new ArrayList<>(rules);
    List<Rule> kept = new ArrayList<>(rules);
    kept.removeIf(rule -> dropOthers || changed.stream().anyMatch(c -> replaces(c, rule)));
    former.removeAll(kept);
    kept.addAll(changed);
    activate(kept);
    for (Rule rule : changed) {
      Optional<Rule> heir =
          former.stream()
              .filter(old -> replaces(rule, old) && rule.limit().inherit(old.limit(), now))
              .findFirst();
      heir.ifPresent(former::remove);
      long running = running(rule.currency());
      if (heir.isEmpty() && running > 0) {
        rule.limit().start(now, running);
      }
    }
  }

  private static boolean replaces(Rule rule, Rule former) {
    return rule.kind().equals(former.kind()) && rule.currency().equals(former.currency());
  }
}
