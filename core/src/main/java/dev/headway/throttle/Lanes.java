package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.throttle.spi.LimitSet;
import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The lanes in which somebody waits, and who of them starts next. Used under its gate's guard.
 *
 * <p>Lanes are looked at in the order in which their first callers came. The first level of rules
 * that keeps a caller waiting is reserved for it: later callers that need the same level stay
 * behind, so a heavy request is not overtaken by light ones; those that do not need it go on.
 *
 * <p>The outermost level is everybody's, so when it keeps one caller waiting the look is over. A
 * lane that a level of its own holds up is put aside, and is not looked at again before that level
 * is ready, or something changes there; so many keys that wait for their own rules cost nothing to
 * those that do not.
 */
final class Lanes {

  /** Lanes that nothing is known to hold up but, perhaps, the outermost level. */
  private final NavigableSet<Lane> contending =
      new TreeSet<>(Comparator.comparing(Lane::head, Waiter.ORDER));

  /** Lanes that an inner level holds up. */
  private final NavigableSet<Lane> heldUp =
      new TreeSet<>(
          Comparator.<Lane>comparingLong(lane -> lane.heldUntil)
              .thenComparing(Lane::head, Waiter.ORDER));

  /** The same by that level. */
  private final Map<LimitSet, NavigableSet<Lane>> heldUpBy = new HashMap<>();

  private int waiting;

  /** What the last look found: until when the outermost level keeps the first caller waiting. */
  private long outermostReadyAt = TimeSource.NEVER;

  /** Takes a caller out of its line that must not go on waiting. */
  interface Refuser {
    void refuse(Lane lane, Waiter waiter, RuntimeException why);
  }

  int waiting() {
    return waiting;
  }

  List<Lane> inUse() {
    List<Lane> inUse = new ArrayList<>(contending);
    inUse.addAll(heldUp);
    return inUse;
  }

  /** Who waits, in order, for a level and would be let start by all that come before it. */
  List<Waiter> inLine(LimitSet level, long now, long most) {
    List<Waiter> line = new ArrayList<>();
    boolean several = false;
    for (Lane lane : inUse()) {
      if (lane.has(level)) {
        several |= !line.isEmpty();
        line.addAll(lane.queue.first(Math.min(most, inside(lane, level, now))));
      }
    }
    if (several) {
      line.sort(Waiter.ORDER);
    }
    return line.size() > most ? line.subList(0, (int) most) : line;
  }

  /** How many of a lane's callers those levels would let start that come before one. */
  @SuppressWarnings("ReferenceEquality") // rules are themselves alone
  private static long inside(Lane lane, LimitSet level, long now) {
    long most = Long.MAX_VALUE;
    for (LimitSet each : lane.levels) {
      if (each == level) {
        break;
      }
      boolean ready = each.readyAt(now, lane.head().cost) <= now;
      most = ready ? Math.min(most, Math.max(1, each.available(now))) : 0;
    }
    return most;
  }

  void join(Lane lane, Waiter waiter) {
    boolean leads = lane.queue.size() == 0 || waiter.before(lane.head());
    if (leads) {
      withdraw(lane);
    }
    lane.add(waiter);
    if (leads) {
      contending.add(lane);
    }
    waiting++;
  }

  @SuppressWarnings("ReferenceEquality") // a caller is itself alone
  void part(Lane lane, Waiter waiter) {
    boolean led = waiter == lane.head();
    if (led) {
      withdraw(lane);
    }
    lane.remove(waiter);
    if (led && lane.queue.size() > 0) {
      contending.add(lane);
    }
    waiting--;
  }

  /** A level of a lane may be ready earlier than it was. */
  void changed(Lane lane) {
    for (LimitSet level : lane.inner()) {
      release(level);
    }
  }

  /** Takes a lane out whose first caller changes, on whom others may wait. */
  private void withdraw(Lane lane) {
    if (lane.queue.size() > 0) {
      changed(lane);
      contending.remove(lane);
    }
  }

  private void hold(Lane lane, LimitSet level, long until) {
    contending.remove(lane);
    lane.obstacle = level;
    lane.heldUntil = until;
    heldUp.add(lane);
    heldUpBy
        .computeIfAbsent(level, l -> new TreeSet<>(Comparator.comparing(Lane::head, Waiter.ORDER)))
        .add(lane);
  }

  private void release(LimitSet level) {
    NavigableSet<Lane> lanes = heldUpBy.remove(level);
    if (lanes != null) {
      heldUp.removeAll(lanes);
      lanes.forEach(lane -> lane.obstacle = null);
      contending.addAll(lanes);
    }
  }

  /**
   * The lane whose first caller can start now; null if there is none, and then {@link #wakeAt} says
   * when. Refuses, on the way, those that can never start.
   */
  @Nullable Lane nextToStart(long now, Refuser refuser) {
    while (!heldUp.isEmpty() && heldUp.first().heldUntil <= now) {
      release(heldUp.first().obstacle());
    }
    outermostReadyAt = TimeSource.NEVER;
    while (!contending.isEmpty()) {
      Lane lane = contending.first();
      Waiter head = lane.head();
      RuntimeException why;
      try {
        LimitSet obstacle = obstacle(lane, now);
        if (obstacle == null) {
          return lane;
        }
        long ready = obstacle.readyAt(now, head.cost);
        why = whyNever(lane, head.cost, now, obstacle);
        if (why == null && obstacle.equals(lane.outermost())) {
          outermostReadyAt = ready;
          return null;
        }
        if (why == null) {
          hold(lane, obstacle, ready > now ? ready : TimeSource.NEVER);
        }
      } catch (RuntimeException | Error e) {
        why = brokenRule(e);
      }
      if (why != null) {
        refuser.refuse(lane, head, why);
      }
    }
    return null;
  }

  /** The first level that keeps a lane's first caller waiting; null if it can start. */
  private @Nullable LimitSet obstacle(Lane lane, long now) {
    Waiter head = lane.head();
    for (LimitSet level : lane.levels) {
      NavigableSet<Lane> before = heldUpBy.get(level);
      boolean reserved = before != null && before.first().head().before(head);
      if (reserved || level.readyAt(now, head.cost) > now) {
        return level;
      }
    }
    return null;
  }

  /** Why a cost that is kept waiting by a level must not go on waiting; null if it may. */
  static @Nullable RuntimeException whyNever(Lane lane, Cost cost, long now, LimitSet obstacle) {
    if (obstacle.never(now, cost)) {
      return new IllegalArgumentException(
          cost
              + " can never start: nothing runs, and the rules "
              + lane.own.rules()
              + " still do not allow it");
    }
    return null;
  }

  /** What a caller gets where a rule has thrown something. */
  static RuntimeException brokenRule(Throwable thrown) {
    return thrown instanceof RuntimeException exception
        ? exception
        : new IllegalStateException("a rule of the throttle failed: " + thrown, thrown);
  }

  /** When somebody can next start, as of the last look that found nobody who can. */
  long wakeAt() {
    return heldUp.isEmpty()
        ? outermostReadyAt
        : Math.min(outermostReadyAt, heldUp.first().heldUntil);
  }

  /**
   * Until when at least a caller of a lane, that counts as having come at an instant, is kept
   * waiting by those before it, in other lanes too; 0 if it is not.
   */
  long reservedUntil(Lane lane, long rank) {
    long until = 0;
    if (!contending.isEmpty() && contending.first().head().rank() <= rank) {
      until = outermostReadyAt;
    }
    for (LimitSet level : lane.inner()) {
      NavigableSet<Lane> before = heldUpBy.get(level);
      if (before != null && before.first().head().rank() <= rank) {
        until = Math.max(until, before.first().heldUntil);
      }
    }
    return until;
  }
}
