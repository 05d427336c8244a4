package dev.headway.throttle.spi;

import dev.headway.limit.Cost;
import dev.headway.limit.Limit;
import dev.headway.limit.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a {@link LimitSet} that are in force, told of each start and end.
 *
 * <p>Limits may be a user's and throw. Then a start is undone in the limits that had taken it; an
 * end or a settlement still reaches all others.
 */
final class ActiveLimits {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  /**
   * A rule of the set.
   *
   * @param rule the rule
   * @param knownSince its limit knows only of starts after this instant
   */
  record Member(Rule rule, long knownSince) {
    boolean countsPermits() {
      return rule.currency().equals(Cost.PERMITS);
    }
  }

  final List<Member> members;
  final List<Rule> rules;
  final long longestPeriod;

  /** The only limit, if it counts permits: most throttles have no other. */
  final @Nullable Limit sole;

  /** The limits, those for permits first. The other arrays have the same order. */
  private final Limit[] limits;

  private final String[] currencies;
  private final long[] knownSince;
  private final int forPermits;
  private final boolean endsOnArrival;

  ActiveLimits(List<Member> members) {
    this.members = members;
    rules = members.stream().map(Member::rule).toList();
    List<Member> sorted = new ArrayList<>(members);
    sorted.sort(Comparator.comparing(member -> !member.countsPermits()));
    limits = sorted.stream().map(member -> member.rule.limit()).toArray(Limit[]::new);
    currencies = sorted.stream().map(member -> member.rule.currency()).toArray(String[]::new);
    knownSince = sorted.stream().mapToLong(Member::knownSince).toArray();
    forPermits = (int) sorted.stream().filter(Member::countsPermits).count();
    endsOnArrival = rules.stream().anyMatch(rule -> rule.limit().endsOnArrival());
    longestPeriod = rules.stream().mapToLong(rule -> rule.limit().periodNanos()).max().orElse(0);
    sole = limits.length == 1 && forPermits == 1 ? limits[0] : null;
  }

  /** How many of the limits may count a cost. */
  private int concerned(Cost cost) {
    return cost.budgets().isEmpty() ? forPermits : limits.length;
  }

  private long amount(Cost cost, int limit) {
    return limit < forPermits ? cost.permits() : cost.amount(currencies[limit]);
  }

  /** The amount that a limit has counted of a cost that started at an instant. */
  private long counted(Cost cost, int limit, long startedAt) {
    return knows(limit, startedAt) ? amount(cost, limit) : 0;
  }

  private boolean knows(int limit, long startedAt) {
    return startedAt > knownSince[limit];
  }

  /** The earliest instant, not before {@code from}, that suits all limits. */
  long readyAt(long from, long now, Cost cost) {
    long ready = from;
    int concerned = concerned(cost);
    for (int i = 0; i < concerned; i++) {
      long amount = amount(cost, i);
      if (amount > 0) {
        ready = Math.max(ready, limits[i].readyAt(now, amount));
      }
    }
    return ready;
  }

  /** An instant, not before {@code from}, before which a cost cannot start behind others. */
  long forecast(long from, long now, CostSum ahead, Cost cost) {
    long ready = from;
    for (int i = 0; i < concerned(cost); i++) {
      long amount = amount(cost, i);
      if (amount > 0) {
        ready = Math.max(ready, limits[i].forecast(now, ahead.of(currencies[i]), amount));
      }
    }
    return ready;
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
        undo(now, now, cost, done);
      }
    }
  }

  /** Undoes a start. A limit that throws counts it as ended. */
  void undo(long startedAt, long now, Cost cost) {
    undo(startedAt, now, cost, concerned(cost));
  }

  private void undo(long startedAt, long now, Cost cost, int started) {
    for (int i = 0; i < started; i++) {
      long amount = counted(cost, i, startedAt);
      if (amount > 0) {
        try {
          limits[i].settle(startedAt, now, amount, 0);
        } catch (RuntimeException | Error e) {
          LOGGER.log(System.Logger.Level.WARNING, "a limit failed to take back a start", e);
        }
      }
    }
  }

  /** Moves a start to a later instant, in all limits or in none. */
  void delay(long startedAt, long now, Cost cost) {
    int concerned = concerned(cost);
    int done = 0;
    try {
      for (; done < concerned; done++) {
        long amount = amount(cost, done);
        if (amount > 0 && knows(done, startedAt)) {
          limits[done].delay(startedAt, now, amount);
        } else if (amount > 0) {
          limits[done].start(now, amount);
        }
      }
    } finally {
      for (int i = 0; done < concerned && i < done; i++) {
        long amount = amount(cost, i);
        if (amount > 0 && knows(i, startedAt)) {
          limits[i].delay(now, startedAt, amount);
        } else if (amount > 0) {
          limits[i].settle(now, now, amount, 0);
        }
      }
    }
  }

  /**
   * Ends a cost; returns an exception that a limit threw.
   *
   * @param arrived whether its work had arrived before
   */
  @Nullable Throwable end(long startedAt, long now, Cost cost, boolean arrived) {
    return end(startedAt, now, cost, !arrived, true);
  }

  /** The work of a cost has arrived; returns an exception that a limit threw. */
  @Nullable Throwable arrive(long startedAt, long now, Cost cost) {
    return endsOnArrival ? end(startedAt, now, cost, true, false) : null;
  }

  /** Ends a cost for the limits that end on arrival, for the others, or for both. */
  private @Nullable Throwable end(
      long startedAt, long now, Cost cost, boolean onArrival, boolean others) {
    Throwable failure = null;
    int concerned = concerned(cost);
    for (int i = 0; i < concerned; i++) {
      long amount = counted(cost, i, startedAt);
      try {
        if (amount > 0 && (!endsOnArrival || (limits[i].endsOnArrival() ? onArrival : others))) {
          limits[i].end(startedAt, now, amount);
        }
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }
    return failure;
  }

  /** Changes what a start took of a budget; see {@link LimitSet#settle}. */
  @Nullable Throwable settle(
      long startedAt, long arrivedAt, long now, String budget, long from, long to) {
    Throwable failure = null;
    for (int i = 0; i < limits.length; i++) {
      if (!currencies[i].equals(budget) || !knows(i, startedAt)) {
        continue;
      }
      try {
        if (arrivedAt != Limit.NEVER && limits[i].endsOnArrival()) {
          limits[i].settleArrived(startedAt, arrivedAt, now, from, to);
        } else {
          limits[i].settle(startedAt, now, from, to);
        }
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }
    return failure;
  }

  /** The most permits that could start now. */
  long available(long now) {
    return rules.stream()
        .filter(rule -> rule.currency().equals(Cost.PERMITS))
        .mapToLong(rule -> rule.limit().available(now))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  boolean idle(long now) {
    return rules.stream().allMatch(rule -> rule.limit().idle(now));
  }
}
