package dev.headway.throttle.spi;

import dev.headway.limit.Cost;
import dev.headway.limit.Limit;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rules that are met together, at one instant or not at all. Used under the queue's lock.
 *
 * <p>Limits may be a user's and throw. Then a start is taken back from those that had allowed it;
 * an end or a settlement is still told to all others.
 */
public class LimitSet {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  /** How far back open permits are counted by a limit that is added where there was no rate. */
  private static final long MEMORY_WITHOUT_A_RATE = 60_000_000_000L;

  /** Until when no cost starts; {@link Limit#NEVER} once these limits are closed. */
  private long pausedUntil = Long.MIN_VALUE;

  private List<Member> members = List.of();
  private List<Rule> rules = List.of();

  /** The same, those for permits first, of which there are so many. */
  private Limit[] limits = {};

  private String[] currencies = {};

  /** Each limit knows only of what started after its instant here. */
  private long[] knownSince = {};

  private int forPermits;

  /** Whether one of the limits ends on arrival. */
  private boolean endsOnArrival;

  private long longestPeriod;

  /** The only one, if it is for permits: most throttles have no other. */
  private @Nullable Limit sole;

  /** The costs of open permits, as limits that are added later count them. */
  private final OpenStarts openStarts = new OpenStarts(MEMORY_WITHOUT_A_RATE);

  /** For how long an open permit is remembered for limits that are added here. */
  private long memory = MEMORY_WITHOUT_A_RATE;

  /** Of all callers that these rules hold for. */
  public final Counters totals = new Counters();

  /** A rule, and since when it knows what started. */
  private record Member(Rule rule, long knownSince) {
    boolean countsPermits() {
      return rule.currency().equals(Cost.PERMITS);
    }
  }

  public LimitSet(List<Rule> rules) {
    activate(rules.stream().map(rule -> new Member(rule, Long.MIN_VALUE)).toList());
  }

  private void activate(List<Member> changed) {
    List<Rule> all = changed.stream().map(Member::rule).toList();
    longestPeriod = all.stream().mapToLong(rule -> rule.limit().periodNanos()).max().orElse(0);
    members = changed;
    rules = all;
    rememberFor(longestPeriod);
    List<Member> sorted = new ArrayList<>(changed);
    sorted.sort(Comparator.comparing(member -> !member.countsPermits()));
    limits = sorted.stream().map(member -> member.rule.limit()).toArray(Limit[]::new);
    currencies = sorted.stream().map(member -> member.rule.currency()).toArray(String[]::new);
    knownSince = sorted.stream().mapToLong(Member::knownSince).toArray();
    forPermits = (int) sorted.stream().filter(Member::countsPermits).count();
    endsOnArrival = all().anyMatch(Limit::endsOnArrival);
    sole = limits.length == 1 && forPermits == 1 ? limits[0] : null;
  }

  /** The amount of a cost that a limit counts, of what started at an instant: 0 if it knows not. */
  private long amount(Cost cost, int limit, long startedAt) {
    return startedAt > knownSince[limit] ? amount(cost, limit) : 0;
  }

  /** The rules in force, as values. */
  public final List<LimitSnapshot> snapshot() {
    return rules().stream().map(LimitSnapshot::of).toList();
  }

  /** How many of the limits a cost may have to do with. */
  private int concerned(Cost cost) {
    return cost.budgets().isEmpty() ? forPermits : limits.length;
  }

  private long amount(Cost cost, int limit) {
    return limit < forPermits ? cost.permits() : cost.amount(currencies[limit]);
  }

  public List<Rule> rules() {
    return rules;
  }

  public boolean counts(String budget) {
    return rules().stream().anyMatch(rule -> rule.currency().equals(budget));
  }

  /** The earliest instant that suits all rules: a maximum, since each only ever puts off. */
  public long readyAt(long now, Cost cost) {
    long ready = Math.max(now, pausedUntil);
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
  public boolean startIfReady(long now, Cost cost) {
    Limit limit = sole;
    if (limit == null) {
      if (readyAt(now, cost) > now) {
        return false;
      }
      start(now, cost);
      return true;
    }
    if (pausedUntil > now || limit.readyAt(now, cost.permits()) > now) {
      return false;
    }
    limit.start(now, cost.permits());
    countStart(now, cost);
    return true;
  }

  public void start(long now, Cost cost) {
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
    countStart(now, cost);
  }

  private void countStart(long now, Cost cost) {
    totals.running++;
    totals.granted++;
    openStarts.start(now, cost);
  }

  private void countEnd(long startedAt, Cost cost) {
    totals.running--;
    openStarts.end(startedAt, cost);
  }

  /** Undoes a start of this instant. */
  public void undoStart(long now, Cost cost) {
    undo(now, now, cost);
  }

  /**
   * Takes back a start that may have been moved to another instant. A limit that fails at this
   * counts it as ended.
   */
  public void undo(long startedAt, long now, Cost cost) {
    countEnd(startedAt, cost);
    totals.granted--;
    undo(startedAt, now, cost, concerned(cost));
  }

  private void undo(long startedAt, long now, Cost cost, int started) {
    for (int i = 0; i < started; i++) {
      long amount = amount(cost, i, startedAt);
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
  public void confirm(long startedAt, long now, Cost cost, boolean again) {
    if (now <= startedAt) {
      return;
    }
    int concerned = concerned(cost);
    int done = 0;
    try {
      for (; done < concerned; done++) {
        long amount = amount(cost, done);
        if (amount > 0 && startedAt > knownSince[done]) {
          limits[done].delay(startedAt, now, amount);
        } else if (amount > 0) {
          limits[done].start(now, amount);
        }
      }
    } finally {
      for (int i = 0; done < concerned && i < done; i++) {
        long amount = amount(cost, i);
        if (amount > 0 && startedAt > knownSince[i]) {
          // Back to where it was, for whatever takes it back now.
          limits[i].delay(now, startedAt, amount);
        } else if (amount > 0) {
          limits[i].settle(now, now, amount, 0);
        }
      }
    }
    openStarts.end(startedAt, cost);
    openStarts.start(now, cost);
  }

  /**
   * Ends a cost; returns an exception that a limit threw.
   *
   * @param arrivedAt when its work arrived; {@link Limit#NEVER} if that is unknown
   */
  public @Nullable Throwable end(long startedAt, long arrivedAt, long now, Cost cost) {
    countEnd(startedAt, cost);
    return endLimits(startedAt, now, cost, arrivedAt == Limit.NEVER, true);
  }

  /** The work of a cost has arrived; returns an exception that a limit threw. */
  public final @Nullable Throwable arrived(long startedAt, long now, Cost cost) {
    return endsOnArrival ? endLimits(startedAt, now, cost, true, false) : null;
  }

  /** Ends a cost for the limits that end on arrival, for the others, or for both. */
  private @Nullable Throwable endLimits(
      long startedAt, long now, Cost cost, boolean onArrival, boolean others) {
    Throwable failure = null;
    int concerned = concerned(cost);
    for (int i = 0; i < concerned; i++) {
      long amount = amount(cost, i, startedAt);
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

  /**
   * Changes what a start took of a budget; returns an exception that a limit threw.
   *
   * @param arrivedAt when its work arrived; {@link Limit#NEVER} if that is unknown
   */
  public @Nullable Throwable settle(
      long startedAt, long arrivedAt, long now, String budget, long from, long to) {
    openStarts.change(startedAt, budget, to - from);
    Throwable failure = null;
    for (int i = 0; i < limits.length; i++) {
      try {
        if (!currencies[i].equals(budget) || startedAt <= knownSince[i]) {
          continue;
        }
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

  /** An instant before which a cost cannot start behind all that is ahead of it. */
  public long forecast(long now, CostSum ahead, Cost cost) {
    long ready = Math.max(now, pausedUntil);
    for (int i = 0; i < concerned(cost); i++) {
      long amount = amount(cost, i);
      if (amount > 0) {
        ready = Math.max(ready, limits[i].forecast(now, ahead.of(currencies[i]), amount));
      }
    }
    return ready;
  }

  /** A limit whose capacity is below a cost, so that it can never start; null if there is none. */
  public final @Nullable TooSmall tooSmallFor(Cost cost) {
    for (Rule rule : rules()) {
      long capacity = rule.limit().capacity();
      if (cost.amount(rule.currency()) > capacity) {
        return new TooSmall(rule, capacity);
      }
    }
    return null;
  }

  /** A limit whose capacity is below a cost. */
  public record TooSmall(Rule rule, long capacity) {}

  /** Whether nothing runs whose end could let a cost start that cannot. */
  public boolean never(long now, Cost cost) {
    return totals.running == 0 && readyAt(now, cost) == Limit.NEVER;
  }

  public void pauseUntil(long instant) {
    pausedUntil = Math.max(pausedUntil, instant);
  }

  /** Ends a pause. */
  public void resume() {
    if (!isClosed()) {
      pausedUntil = Long.MIN_VALUE;
    }
  }

  /** Lets no cost start any more. */
  public void closeForever() {
    pausedUntil = Limit.NEVER;
  }

  public final boolean isClosed() {
    return pausedUntil == Limit.NEVER;
  }

  public long longestPeriod() {
    return longestPeriod;
  }

  /** Remembers open permits for one period of the longest rate; 0 where there is none. */
  protected final void rememberFor(long longest) {
    memory = longest == 0 ? MEMORY_WITHOUT_A_RATE : longest;
    openStarts.remember(memory);
  }

  public long available(long now) {
    if (pausedUntil > now) {
      return 0;
    }
    return rules.stream()
        .filter(rule -> rule.currency().equals(Cost.PERMITS))
        .mapToLong(rule -> rule.limit().available(now))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Takes back what has lapsed. */
  public void forget(long startedAt, Cost cost) {
    countEnd(startedAt, cost);
    totals.granted--;
  }

  /** Whether fresh rules would behave the same, permits that are still open included. */
  public boolean idle(long now) {
    return totals.waiting == 0 && pausedUntil <= now && all().allMatch(limit -> limit.idle(now));
  }

  private Stream<Limit> all() {
    return rules.stream().map(Rule::limit);
  }

  /**
   * Puts {@code changed} in place of the rules of the same kinds and currencies, which hand on what
   * they remember; other rules stay. A rule that takes over from no other counts the permits that
   * are open, each from its own start; those that are older than is remembered, it never knows.
   */
  public void update(long now, List<Rule> changed, boolean dropOthers) {
    List<Member> kept = new ArrayList<>(members);
    kept.removeIf(member -> dropOthers || changed.stream().anyMatch(c -> replaces(c, member.rule)));
    for (Rule rule : changed) {
      boolean inherited = false;
      long knows = Long.MAX_VALUE;
      for (Member former : members) {
        if (replaces(rule, former.rule) && inherits(rule.limit(), former.rule.limit(), now)) {
          inherited = true;
          knows = Math.min(knows, former.knownSince);
        }
      }
      if (!inherited) {
        knows = openStarts.after(now - memory, rule.currency(), rule.limit()::start);
      }
      kept.add(new Member(rule, knows));
    }
    activate(kept);
  }

  @SuppressWarnings("ReferenceEquality") // the very same limit remembers all that it did
  private static boolean inherits(Limit limit, Limit former, long now) {
    return limit == former || limit.inherit(former, now);
  }

  public static boolean replaces(Rule rule, Rule former) {
    return rule.replaces(former);
  }
}
