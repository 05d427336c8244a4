package dev.headway.throttle.spi;

import dev.headway.limit.Cost;
import dev.headway.limit.Limit;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rule;
import dev.headway.throttle.spi.ActiveLimits.Member;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limits that are met together, at one instant or not at all, with what a throttle keeps beside
 * them: a pause, counters and the open permits. Used under the queue's lock.
 */
public class LimitSet {

  /** How far back open permits are counted by a limit that is added where there was no rate. */
  private static final long MEMORY_WITHOUT_A_RATE = 60_000_000_000L;

  /** Until when no cost starts; {@link Limit#NEVER} once these limits are closed. */
  private long pausedUntil = Long.MIN_VALUE;

  private ActiveLimits active;

  /** {@link ActiveLimits#sole}. */
  private @Nullable Limit sole;

  /** The costs of open permits, as limits that are added later count them. */
  private final OpenStarts openStarts = new OpenStarts(MEMORY_WITHOUT_A_RATE);

  /** For how long an open permit is remembered for limits that are added here. */
  private long memory = MEMORY_WITHOUT_A_RATE;

  /** The counts of all callers that these limits hold for. */
  public final Counters totals = new Counters();

  public LimitSet(List<Rule> rules) {
    active =
        new ActiveLimits(rules.stream().map(rule -> new Member(rule, Long.MIN_VALUE)).toList());
    activate(active);
  }

  private void activate(ActiveLimits changed) {
    active = changed;
    sole = changed.sole;
    rememberFor(changed.longestPeriod);
  }

  /** The rules in force, as values. */
  public final List<LimitSnapshot> snapshot() {
    return rules().stream().map(LimitSnapshot::of).toList();
  }

  public List<Rule> rules() {
    return active.rules;
  }

  public boolean counts(String budget) {
    return rules().stream().anyMatch(rule -> rule.currency().equals(budget));
  }

  /** The earliest instant that suits all limits: a maximum, since each only ever puts off. */
  public long readyAt(long now, Cost cost) {
    return active.readyAt(Math.max(now, pausedUntil), now, cost);
  }

  /** Starts a cost if all limits allow it now. */
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
    active.start(now, cost);
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

  /** Undoes a start that may have been moved to another instant. */
  public void undo(long startedAt, long now, Cost cost) {
    forget(startedAt, cost);
    active.undo(startedAt, now, cost);
  }

  /** Takes back what has lapsed. */
  public void forget(long startedAt, Cost cost) {
    countEnd(startedAt, cost);
    totals.granted--;
  }

  /** The caller of a start resumes only now. */
  public void confirm(long startedAt, long now, Cost cost, boolean again) {
    if (now > startedAt) {
      active.delay(startedAt, now, cost);
      openStarts.end(startedAt, cost);
      openStarts.start(now, cost);
    }
  }

  /**
   * Ends a cost; returns an exception that a limit threw.
   *
   * @param arrivedAt when its work arrived; {@link Limit#NEVER} if that is unknown
   */
  public @Nullable Throwable end(long startedAt, long arrivedAt, long now, Cost cost) {
    countEnd(startedAt, cost);
    return active.end(startedAt, now, cost, arrivedAt != Limit.NEVER);
  }

  /** The work of a cost has arrived; returns an exception that a limit threw. */
  public final @Nullable Throwable arrived(long startedAt, long now, Cost cost) {
    return active.arrive(startedAt, now, cost);
  }

  /**
   * Changes what a start took of a budget; returns an exception that a limit threw.
   *
   * @param arrivedAt when its work arrived; {@link Limit#NEVER} if that is unknown
   */
  public @Nullable Throwable settle(
      long startedAt, long arrivedAt, long now, String budget, long from, long to) {
    openStarts.change(startedAt, budget, to - from);
    return active.settle(startedAt, arrivedAt, now, budget, from, to);
  }

  /** An instant before which a cost cannot start behind all that is ahead of it. */
  public long forecast(long now, CostSum ahead, Cost cost) {
    return active.forecast(Math.max(now, pausedUntil), now, ahead, cost);
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
    return active.longestPeriod;
  }

  /** Remembers open permits for one period of the longest rate; 0 where there is none. */
  protected final void rememberFor(long longest) {
    memory = longest == 0 ? MEMORY_WITHOUT_A_RATE : longest;
    openStarts.remember(memory);
  }

  public long available(long now) {
    return pausedUntil > now ? 0 : active.available(now);
  }

  /** Whether fresh limits would behave the same, permits that are still open included. */
  public boolean idle(long now) {
    return totals.waiting == 0 && pausedUntil <= now && active.idle(now);
  }

  /**
   * Puts {@code changed} in place of the rules of the same kinds, names and currencies, which hand
   * on what they remember; other rules stay. A rule that takes over from no other counts the
   * permits that are open, each from its own start, except those older than is remembered.
   */
  public void update(long now, List<Rule> changed, boolean dropOthers) {
    List<Member> kept = new ArrayList<>(active.members);
    kept.removeIf(
        member -> dropOthers || changed.stream().anyMatch(c -> c.replaces(member.rule())));
    for (Rule rule : changed) {
      boolean inherited = false;
      long knows = Long.MAX_VALUE;
      for (Member former : active.members) {
        if (rule.replaces(former.rule()) && inherits(rule.limit(), former.rule().limit(), now)) {
          inherited = true;
          knows = Math.min(knows, former.knownSince());
        }
      }
      if (!inherited) {
        knows = openStarts.after(now - memory, rule.currency(), rule.limit()::start);
      }
      kept.add(new Member(rule, knows));
    }
    activate(new ActiveLimits(kept));
  }

  @SuppressWarnings("ReferenceEquality") // the very same limit remembers all that it did
  private static boolean inherits(Limit limit, Limit former, long now) {
    return limit == former || limit.inherit(former, now);
  }
}
