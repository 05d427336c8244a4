package dev.headway.throttle;

import dev.headway.Cost;
import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lanes in which somebody waits, and who of them starts next. Used under its gate's guard.
 *
 * <p>Lanes are looked at in the order in which their first callers came. The first level of rules
 * that keeps a caller waiting is reserved for it: later callers that need the same level stay
 * behind, so a heavy request is not overtaken by light ones; those that do not need it go on.
 */
final class Lanes {

  private static final Comparator<Lane> FIRST_CALLERS_FIRST =
      (a, b) -> a.head() == b.head() ? 0 : a.head().before(b.head()) ? -1 : 1;

  private final List<Lane> inUse = new ArrayList<>();

  /** Levels kept for a caller that waits for them, with the instant at which it can start. */
  private final Map<RuleSet, Long> reserved = new HashMap<>();

  private int waiting;

  /** What the last look found: when somebody can next start, if nobody can now. */
  private long wakeAt = TimeSource.NEVER;

  /** Takes a caller out of its line that must not go on waiting. */
  interface Refuser {
    void refuse(Lane lane, Waiter waiter, RuntimeException why);
  }

  int waiting() {
    return waiting;
  }

  List<Lane> inUse() {
    return List.copyOf(inUse);
  }

  void join(Lane lane, Waiter waiter) {
    if (lane.queue.size() == 0) {
      inUse.add(lane);
    }
    lane.add(waiter);
    waiting++;
  }

  void part(Lane lane, Waiter waiter) {
    lane.remove(waiter);
    waiting--;
    if (lane.queue.size() == 0) {
      inUse.remove(lane);
    }
  }

  /**
   * The lane whose first caller can start now; null if there is none, and then {@link #wakeAt} says
   * when. Refuses, on the way, those that can never start.
   */
  @Nullable Lane nextToStart(long now, Refuser refuser) {
    while (true) {
      wakeAt = TimeSource.NEVER;
      reserved.clear();
      if (inUse.size() > 1) {
        inUse.sort(FIRST_CALLERS_FIRST);
      }
      boolean refused = false;
      for (int i = 0; i < inUse.size() && !refused; i++) {
        Lane lane = inUse.get(i);
        Waiter head = lane.head();
        RuntimeException why;
        try {
          RuleSet obstacle = obstacle(lane, head.cost, now);
          if (obstacle == null) {
            return lane;
          }
          why = whyNever(lane, head.cost, now, obstacle);
        } catch (RuntimeException | Error e) {
          why = brokenRule(e);
        }
        if (why != null) {
          refuser.refuse(lane, head, why);
          refused = true;
        }
      }
      if (!refused) {
        return null;
      }
    }
  }

  /** The first level that keeps a cost waiting, now reserved; null if it can start. */
  private @Nullable RuleSet obstacle(Lane lane, Cost cost, long now) {
    for (RuleSet level : lane.levels) {
      if (reserved.containsKey(level)) {
        return level;
      }
      if (level.readyAt(now, cost) > now) {
        long ready = lane.readyAt(now, cost);
        reserved.put(level, ready);
        wakeAt = Math.min(wakeAt, ready);
        return level;
      }
    }
    return null;
  }

  /** Why a cost that is kept waiting by a level must not go on waiting; null if it may. */
  static @Nullable RuntimeException whyNever(Lane lane, Cost cost, long now, RuleSet obstacle) {
    if (obstacle.nothingRuns() && obstacle.readyAt(now, cost) == TimeSource.NEVER) {
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
    return wakeAt;
  }

  /** Until when at least a lane's callers are kept waiting by another's; 0 if they are not. */
  long reservedUntil(Lane lane) {
    long until = 0;
    for (RuleSet level : lane.levels) {
      until = Math.max(until, reserved.getOrDefault(level, 0L));
    }
    return until;
  }
}
