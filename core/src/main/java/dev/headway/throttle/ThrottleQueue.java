package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rule;
import dev.headway.throttle.spi.LimitSet;
import dev.headway.throttle.spi.SpinLock;
import dev.headway.time.TimeSource;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The queue in which callers wait for the limits of a throttle, and of the throttles that share
 * limits with it.
 *
 * <p>The algorithm. One spin lock guards all state, limits included; it is held for nanoseconds. A
 * caller that has no other ahead of it starts at once if the limits allow it. Any other joins its
 * {@link Partition}. From then on it is served by the thread that changes something: a permit is
 * closed, a caller leaves, the limits change, or the one {@link WakeUp} fires, which is set for the
 * instant at which a caller can next start. To serve means: under the lock, grant permits to all
 * callers that can start now, in order; after it, wake them and set the timer.
 *
 * <p>A permit is granted before its caller wakes, so callers never race for it. Its start is
 * reserved at the grant and moved, once, to the instant at which the caller resumes ({@link
 * #confirm}). A caller that leaves before it is granted a permit has been charged nothing.
 */
final class ThrottleQueue implements QueuedPermit.Granter {

  /** No instant of a start. */
  static final long NOT_STARTED = -1;

  final TimeSource time;

  private final SpinLock lock = new SpinLock();
  final QueueState state = new QueueState();

  ThrottleQueue(TimeSource time) {
    this.time = time;
  }

  /** A change under the lock. */
  interface Change<T extends @Nullable Object> {
    T make(long now, Deferred deferred);
  }

  /**
   * Starts at once if no caller is ahead and the limits allow it: the path of almost all callers.
   *
   * <p>Its bytecode is larger than HotSpot inlines (325 bytes), mostly since {@code finally} is
   * copied to each exit. So it is compiled once for all callers, and {@code tryAcquire} stays small
   * enough to be inlined: then a permit that its caller does not keep is never allocated.
   *
   * @return the instant of the start, or {@link #NOT_STARTED}
   */
  long tryStart(Partition partition, Cost cost) {
    // Read before the clock and the lock, whose time is what others wait for.
    LimitSet sole = partition.sole;
    boolean plain = cost.budgets().isEmpty();
    long now = lock.lock(time);
    try {
      if (!plain) {
        partition.checkBudgets(cost);
      }
      if (state.index.waiting > 0 && !state.index.isClear(partition, now)) {
        return NOT_STARTED;
      }
      if (sole == null ? !partition.startIfReady(now, cost) : !sole.startIfReady(now, cost)) {
        return NOT_STARTED;
      }
      if (partition.remote) {
        state.markChanged(partition);
      }
      return now;
    } finally {
      List<Partition> heard = state.changed;
      if (heard == null) {
        lock.unlock();
      } else {
        state.changed = null;
        lock.unlock();
        for (Partition each : heard) {
          each.afterChange();
        }
      }
    }
  }

  /** A cost that has started. */
  record Start(Cost cost, long at) {}

  /** Starts as many permits as can start now, up to a maximum; null if none can. */
  @Nullable Start tryStartUpTo(Partition partition, long most) {
    return locked(now -> {
      boolean clear = state.index.waiting == 0 || state.index.isClear(partition, now);
      long amount = clear ? Math.min(most, partition.available(now)) : 0;
      Cost cost = amount > 0 ? Cost.permits(amount) : Cost.one();
      return amount > 0 && partition.startIfReady(now, cost) ? new Start(cost, now) : null;
    });
  }

  /** Grants or rejects a caller if that can be said now; it does not wait. */
  void tryEnter(Partition partition, Waiter visitor) {
    decide((now, deferred) -> {
      Cost cost = visitor.cost;
      if (partition.readyAt(now, cost) > now) {
        visitor.rejection = partition.rejection(cost);
        for (LimitSet level : partition.levels) {
          if (visitor.rejection == null) {
            visitor.rejection = partition.neverReady(cost, now, level);
          }
        }
        return visitor;
      }
      state.join(partition, visitor, now);
      state.serve(now, deferred);
      if (visitor.state == Waiter.State.WAITING) {
        state.remove(partition, visitor, Waiter.State.GONE);
      }
      deferred.doNotWake(visitor);
      return visitor;
    });
  }

  /** Adds a caller, and serves it if it can start; says what became of it. */
  EntryDecision enter(Partition partition, Waiter waiter) {
    return decide((now, deferred) -> {
      EntryDecision decision = partition.rejection(waiter.cost);
      if (decision == null) {
        decision = joinAndServe(partition, waiter, now, deferred);
      }
      if (decision instanceof EntryDecision.Rejection && waiter.state != Waiter.State.REJECTED) {
        if (waiter.state == Waiter.State.WAITING) {
          state.remove(partition, waiter, Waiter.State.GONE);
          state.serve(now, deferred);
        }
        if (!(decision instanceof EntryDecision.Failed)) {
          partition.count(totals -> totals.refused++);
        }
      }
      return decision;
    });
  }

  private EntryDecision joinAndServe(
      Partition partition, Waiter waiter, long now, Deferred deferred) {
    int ahead = partition.queue.size();
    try {
      state.join(partition, waiter, now);
      state.serve(now, deferred);
      if (waiter.state == Waiter.State.WAITING) {
        if (partition.isUndecided(now)) {
          waiter.undecided = true;
          partition.undecided++;
          return EntryDecision.UNDECIDED;
        }
        boolean asks = waiter.settings.needsForecast();
        return waiter.admit(ahead, asks ? partition.forecast(now, waiter) - now : 0);
      }
    } catch (RuntimeException | Error e) {
      if (waiter.state == Waiter.State.WAITING) {
        return new EntryDecision.Failed(e);
      }
    }
    if (waiter.rejection != null) {
      deferred.doNotWake(waiter);
      return waiter.rejection;
    }
    return EntryDecision.GRANTED;
  }

  /** Removes a caller. False if it was granted a permit or rejected before. */
  boolean leave(Partition partition, Waiter waiter) {
    return decide(
        lock.lockAnyway(time),
        (now, deferred) -> {
          if (waiter.state != Waiter.State.WAITING) {
            return false;
          }
          state.remove(partition, waiter, Waiter.State.GONE);
          if (!waiter.onlyAsks) {
            partition.count(totals -> totals.abandoned++);
          }
          state.serve(now, deferred);
          return true;
        });
  }

  /** The caller of a permit resumes: its start counts from now, unless the grant has lapsed. */
  @Override
  public boolean confirm(QueuedPermit permit) {
    long now = lock.lock(time);
    try {
      if (!permit.ended && !permit.confirmed && permit.partition.hasLapsed(now)) {
        permit.ended = true;
        permit.partition.forget(permit.startedAt, permit.cost());
        return false;
      }
      if (!permit.ended) {
        state.confirm(permit, now);
      }
      return true;
    } catch (RuntimeException | Error e) {
      state.undo(permit, now);
      throw e;
    } finally {
      release();
    }
  }

  @Override
  public boolean end(QueuedPermit permit) {
    Deferred deferred = null;
    Throwable failure;
    long now = lock.lockAnyway(time);
    try {
      if (permit.ended) {
        return false;
      }
      failure = state.end(permit, now);
      if (state.index.waiting > 0) {
        deferred = new Deferred();
        state.serve(now, deferred);
      }
    } finally {
      release();
    }
    try {
      if (deferred != null) {
        perform(deferred);
      }
    } finally {
      rethrow(failure);
    }
    return true;
  }

  @Override
  public void settle(Partition partition, LongFunction<@Nullable Throwable> change) {
    rethrow(this.<@Nullable Throwable>change(partition, (now, deferred) -> change.apply(now)));
  }

  /** Changes something of a partition, and serves callers. */
  <T extends @Nullable Object> T change(Partition partition, Change<T> change) {
    return decide((now, deferred) -> {
      T result = change.make(now, deferred);
      partition.openOrClose(now);
      state.changed(partition);
      if (state.index.waiting > 0) {
        state.serve(now, deferred);
      }
      return result;
    });
  }

  /** Reads something once all callers have been served that can start. */
  <T> T read(LongFunction<T> reader) {
    return decide((now, deferred) -> {
      state.serve(now, deferred);
      return reader.apply(now);
    });
  }

  /** Decides something under the lock; after it, does what was decided. */
  private <T extends @Nullable Object> T decide(Change<T> change) {
    return decide(lock.lock(time), change);
  }

  /** Decides something under the lock, which is taken, and does what was decided. */
  private <T extends @Nullable Object> T decide(long now, Change<T> change) {
    Deferred deferred = new Deferred();
    try {
      return change.make(now, deferred);
    } finally {
      release();
      perform(deferred);
    }
  }

  /** Does something under the lock that changes nothing for callers. */
  <T extends @Nullable Object> T locked(LongFunction<T> action) {
    long now = lock.lock(time);
    try {
      return action.apply(now);
    } finally {
      release();
    }
  }

  /** Replaces limits of a partition; rejects callers that can now never start. */
  List<LimitSnapshot> update(Partition partition, List<Rule> rules, boolean dropOthers) {
    return change(
        partition,
        (now, deferred) -> {
          partition.own.update(now, rules, dropOthers);
          state.rejectWhere(partition.own, deferred);
          return partition.own.snapshot();
        });
  }

  /**
   * Rejects all callers of a level and those that come later. Open permits stay valid.
   *
   * @return false if it was closed before
   */
  boolean close(Partition partition) {
    return change(
        partition,
        (now, deferred) -> {
          boolean wasOpen = !partition.own.isClosed();
          partition.own.closeForever();
          state.rejectWhere(partition.own, deferred);
          return wasOpen;
        });
  }

  /** The first callers that only a level keeps waiting. Under the lock. */
  List<Waiter> waitingFor(LimitSet level, long most) {
    return state.index.waitingFor(level, lock.lastNow(), most);
  }

  /**
   * Whether a caller whose time is up waits for a decision of a remote limit. It is woken once that
   * has come.
   */
  boolean isOverdue(Partition partition, Waiter waiter) {
    return locked(now -> {
      boolean overdue = waiter.state == Waiter.State.WAITING && partition.isUndecided(now);
      if (overdue && !partition.overdue.contains(waiter)) {
        partition.overdue.add(waiter);
      }
      return overdue;
    });
  }

  /** Serves all callers that can start now, batch by batch. */
  void serve() {
    boolean again = true;
    while (again) {
      Deferred deferred = new Deferred();
      long now = lock.lock(time);
      try {
        state.serve(now, deferred);
      } finally {
        release();
      }
      deferred.perform(time, this::onWakeUp, this::forgetUnset);
      again = deferred.again;
    }
  }

  private void onWakeUp(WakeUp over) {
    decide((now, deferred) -> {
      state.forget(over);
      state.serve(now, deferred);
      return over;
    });
  }

  /** Does what was decided, and serves on if there is more than one batch. */
  private void perform(Deferred deferred) {
    deferred.perform(time, this::onWakeUp, this::forgetUnset);
    if (deferred.again) {
      serve();
    }
  }

  private void forgetUnset(WakeUp unset) {
    lock.lock();
    state.forget(unset);
    lock.unlock();
  }

  /** Releases the lock; then remote limits hear of changes. */
  private void release() {
    List<Partition> all = state.changed;
    if (all == null) {
      lock.unlock();
      return;
    }
    state.changed = null;
    lock.unlock();
    all.forEach(Partition::afterChange);
  }

  private static void rethrow(@Nullable Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
