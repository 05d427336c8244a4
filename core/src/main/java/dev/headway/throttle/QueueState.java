package dev.headway.throttle;

import dev.headway.limit.Limit;
import dev.headway.throttle.spi.LimitSet;
import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a queue: its partitions with their waiting callers, and its timer. Used under the
 * queue's lock; effects outside of it are {@link Deferred}.
 */
final class QueueState {

  /** How many permits are granted before the lock is released. */
  private static final int BATCH = 64;

  final WaitingPartitions index = new WaitingPartitions();

  /** Partitions whose remote limits hear of a change once the lock is released. */
  @Nullable List<Partition> changed;

  /** The timer that is set, or about to be. */
  private @Nullable WakeUp wakeUp;

  private long arrivals;

  void join(Partition partition, Waiter waiter, long now) {
    waiter.arrival = arrivals++;
    waiter.since = now;
    waiter.state = Waiter.State.WAITING;
    index.add(partition, waiter);
    markChanged(partition);
  }

  void remove(Partition partition, Waiter waiter, Waiter.State state) {
    index.remove(partition, waiter);
    waiter.state = state;
    markChanged(partition);
  }

  /** Rejects a caller that waits. */
  void reject(Partition partition, Waiter waiter, EntryDecision.Rejection why, Deferred deferred) {
    waiter.rejection = why;
    remove(partition, waiter, Waiter.State.REJECTED);
    partition.count(totals -> totals.refused++);
    deferred.wake(waiter);
  }

  /** Rejects the callers of a level that can never start. */
  void rejectWhere(LimitSet level, Deferred deferred) {
    for (Partition partition : partitionsOf(level)) {
      for (Waiter waiter : partition.queue.all()) {
        EntryDecision.Rejection why;
        try {
          why = partition.rejection(waiter.cost);
        } catch (RuntimeException | Error e) {
          why = new EntryDecision.Failed(e);
        }
        if (why != null) {
          reject(partition, waiter, why, deferred);
        }
      }
    }
  }

  /** The partitions with waiting callers that have a level. */
  List<Partition> partitionsOf(LimitSet level) {
    return index.inUse().stream().filter(partition -> partition.has(level)).toList();
  }

  /** Grants permits to callers that can start now, and sets the timer for the next. */
  void serve(long now, Deferred deferred) {
    for (int i = 0; i < BATCH; i++) {
      Partition partition =
          index.nextToStart(now, (from, waiter, why) -> reject(from, waiter, why, deferred));
      if (partition == null) {
        setWakeUp(deferred);
        return;
      }
      grantHead(partition, now, deferred);
    }
    deferred.again = true;
  }

  private void grantHead(Partition partition, long now, Deferred deferred) {
    Waiter head = partition.head();
    try {
      partition.start(now, head.cost);
    } catch (RuntimeException | Error e) {
      reject(partition, head, new EntryDecision.Failed(e), deferred);
      return;
    }
    if (now > head.since) {
      partition.count(totals -> totals.waitedNanos += now - head.since);
    }
    head.grantedAt = now;
    remove(partition, head, Waiter.State.GRANTED);
    deferred.wake(head);
  }

  /** Moves the start of a permit to the instant at which its caller resumes. */
  void confirm(QueuedPermit permit, long now) {
    Partition partition = permit.partition;
    partition.confirm(permit.startedAt, now, permit.cost(), permit.confirmed);
    permit.startedAt = now;
    permit.confirmed = true;
    markChanged(partition);
  }

  /** Takes back a grant whose work has not begun. */
  void undo(QueuedPermit permit, long now) {
    if (!permit.ended) {
      permit.ended = true;
      permit.partition.undo(permit.startedAt, now, permit.cost());
      changed(permit.partition);
    }
  }

  /** Ends a permit that has not ended; returns an exception that a limit threw. */
  @Nullable Throwable end(QueuedPermit permit, long now) {
    Partition partition = permit.partition;
    if (permit.cancelled && permit.arrivedAt == Limit.NEVER && !partition.remote) {
      undo(permit, now);
      return null;
    }
    if (!permit.confirmed && partition.remote) {
      confirm(permit, now);
    }
    permit.ended = true;
    Throwable failure =
        partition.each(level -> level.end(permit.startedAt, permit.arrivedAt, now, permit.cost()));
    changed(partition);
    return failure;
  }

  private void setWakeUp(Deferred deferred) {
    WakeUp current = wakeUp;
    long wakeAt = index.wakeAt();
    boolean callersWait = index.waiting > 0;
    if (!callersWait || wakeAt < (current == null ? TimeSource.NEVER : current.at)) {
      wakeUp = callersWait ? new WakeUp(wakeAt) : null;
      deferred.replace(current, wakeUp);
    }
  }

  /** Forgets a timer that has fired or could not be set. */
  @SuppressWarnings("ReferenceEquality") // timers are compared by identity
  void forget(WakeUp over) {
    if (wakeUp == over) {
      wakeUp = null;
    }
  }

  /** Something has changed in a partition, so that its callers may start earlier. */
  void changed(Partition partition) {
    index.changed(partition);
    markChanged(partition);
  }

  /** Lets remote limits of a partition hear of a change once the lock is released. */
  void markChanged(Partition partition) {
    if (partition.remote) {
      List<Partition> all = changed == null ? new ArrayList<>() : changed;
      changed = all;
      if (!all.contains(partition)) {
        all.add(partition);
      }
    }
  }
}
