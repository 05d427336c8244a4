package dev.headway.throttle;

import dev.headway.throttle.spi.LimitSet;
import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The partitions in which callers wait, and which of them starts next. Used under the queue's lock.
 *
 * <p>The algorithm. Partitions are looked at in the order in which their first callers came. The
 * first level of limits that keeps a caller waiting is reserved for it: later callers that need the
 * same level wait behind it, so a large request is not overtaken by small ones; callers that do not
 * need that level pass.
 *
 * <p>All callers need the outermost level, so when it keeps one of them waiting the search ends. A
 * partition that an inner level keeps waiting is held: it is not looked at again before that level
 * is ready or something changes there. So keys that wait for their own limits cost the others
 * nothing.
 */
final class WaitingPartitions {

  private static final Comparator<Partition> ORDER =
      Comparator.comparing(Partition::head, Waiter.ORDER);

  /** Partitions that wait for no inner level, as far as is known. */
  private final NavigableSet<Partition> contending = new TreeSet<>(ORDER);

  /** Partitions that wait for an inner level, by the instant at which it is ready. */
  private final NavigableSet<Partition> held =
      new TreeSet<>(
          Comparator.<Partition>comparingLong(partition -> partition.heldUntil)
              .thenComparing(ORDER));

  /** The same partitions by that level. */
  private final Map<LimitSet, NavigableSet<Partition>> heldBy = new HashMap<>();

  /** How many callers wait. */
  int waiting;

  /** The instant at which the outermost level is ready for the first caller. */
  private long outermostReadyAt = TimeSource.NEVER;

  /** Removes a caller that must not wait any longer. */
  interface Rejecter {
    void reject(Partition partition, Waiter waiter, EntryDecision.Rejection why);
  }

  /**
   * Whether a new caller of a partition has no caller ahead of it: none waits for a level that it
   * needs, and none could start before it.
   */
  boolean isClear(Partition partition, long now) {
    if (!contending.isEmpty() || partition.queue.size() > 0 || held.first().heldUntil <= now) {
      return false;
    }
    for (LimitSet level : partition.inner()) {
      if (heldBy.containsKey(level)) {
        return false;
      }
    }
    return true;
  }

  List<Partition> inUse() {
    List<Partition> inUse = new ArrayList<>(contending);
    inUse.addAll(held);
    return inUse;
  }

  /** The callers, in order, that wait for a level and for no level before it. */
  List<Waiter> waitingFor(LimitSet level, long now, long most) {
    List<Waiter> callers = new ArrayList<>();
    boolean several = false;
    for (Partition partition : inUse()) {
      if (partition.has(level)) {
        several |= !callers.isEmpty();
        callers.addAll(partition.queue.first(Math.min(most, passing(partition, level, now))));
      }
    }
    if (several) {
      callers.sort(Waiter.ORDER);
    }
    return callers.size() > most ? callers.subList(0, (int) most) : callers;
  }

  /** How many callers of a partition the levels before one would allow to start. */
  @SuppressWarnings("ReferenceEquality") // levels are compared by identity
  private static long passing(Partition partition, LimitSet level, long now) {
    long most = Long.MAX_VALUE;
    for (LimitSet each : partition.levels) {
      if (each == level) {
        break;
      }
      boolean ready = each.readyAt(now, partition.head().cost) <= now;
      most = ready ? Math.min(most, Math.max(1, each.available(now))) : 0;
    }
    return most;
  }

  void add(Partition partition, Waiter waiter) {
    boolean leads = partition.queue.size() == 0 || waiter.before(partition.head());
    if (leads) {
      remove(partition);
    }
    partition.add(waiter);
    if (leads) {
      contending.add(partition);
    }
    waiting++;
  }

  @SuppressWarnings("ReferenceEquality") // callers are compared by identity
  void remove(Partition partition, Waiter waiter) {
    boolean led = waiter == partition.head();
    if (led) {
      remove(partition);
    }
    partition.remove(waiter);
    if (led && partition.queue.size() > 0) {
      contending.add(partition);
    }
    waiting--;
  }

  /** A level of a partition may be ready earlier than before. */
  void changed(Partition partition) {
    if (waiting > 0) {
      partition.inner().forEach(this::release);
    }
  }

  /** Removes a partition whose first caller changes, and which others may wait behind. */
  private void remove(Partition partition) {
    if (partition.queue.size() > 0) {
      changed(partition);
      contending.remove(partition);
    }
  }

  private void hold(Partition partition, LimitSet level, long until) {
    contending.remove(partition);
    partition.obstacle = level;
    partition.heldUntil = until;
    held.add(partition);
    heldBy.computeIfAbsent(level, l -> new TreeSet<>(ORDER)).add(partition);
  }

  private void release(LimitSet level) {
    NavigableSet<Partition> released = heldBy.remove(level);
    if (released != null) {
      held.removeAll(released);
      released.forEach(partition -> partition.obstacle = null);
      contending.addAll(released);
    }
  }

  /**
   * The partition whose first caller can start now; null if there is none, and then {@link #wakeAt}
   * says when. Rejects, on the way, callers that can never start.
   */
  @Nullable Partition nextToStart(long now, Rejecter rejecter) {
    while (!held.isEmpty() && held.first().heldUntil <= now) {
      release(Objects.requireNonNull(held.first().obstacle));
    }
    outermostReadyAt = TimeSource.NEVER;
    while (!contending.isEmpty()) {
      Partition partition = contending.first();
      Waiter head = partition.head();
      EntryDecision.Rejection why;
      try {
        LimitSet obstacle = obstacle(partition, now);
        if (obstacle == null) {
          return partition;
        }
        long ready = obstacle.readyAt(now, head.cost);
        why = partition.neverReady(head.cost, now, obstacle);
        if (why == null && obstacle.equals(partition.outermost())) {
          outermostReadyAt = ready;
          return null;
        }
        if (why == null) {
          hold(partition, obstacle, ready > now ? ready : TimeSource.NEVER);
        }
      } catch (RuntimeException | Error e) {
        why = new EntryDecision.Failed(e);
      }
      if (why != null) {
        rejecter.reject(partition, head, why);
      }
    }
    return null;
  }

  /** The first level that keeps a partition's first caller waiting; null if it can start. */
  private @Nullable LimitSet obstacle(Partition partition, long now) {
    Waiter head = partition.head();
    for (LimitSet level : partition.levels) {
      NavigableSet<Partition> before = heldBy.get(level);
      boolean reserved = before != null && before.first().head().before(head);
      if (reserved || level.readyAt(now, head.cost) > now) {
        return level;
      }
    }
    return null;
  }

  /** When a caller can next start, as of the last search that found none. */
  long wakeAt() {
    return held.isEmpty() ? outermostReadyAt : Math.min(outermostReadyAt, held.first().heldUntil);
  }

  /** Until when at least callers ahead keep a new caller of a rank waiting; 0 if none does. */
  long reservedUntil(Partition partition, long rank) {
    long until = 0;
    if (!contending.isEmpty() && contending.first().head().rank() <= rank) {
      until = outermostReadyAt;
    }
    for (LimitSet level : partition.inner()) {
      NavigableSet<Partition> before = heldBy.get(level);
      if (before != null && before.first().head().rank() <= rank) {
        until = Math.max(until, before.first().heldUntil);
      }
    }
    return until;
  }
}
