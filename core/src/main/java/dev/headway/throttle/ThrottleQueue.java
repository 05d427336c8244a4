package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rule;
import dev.headway.throttle.spi.LimitSet;
import dev.headway.throttle.spi.SpinLock;
import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
final class ThrottleQueue {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  /** No instant of a start. */
  static final long NOT_STARTED = -1;

  /**
   * Some microseconds: where calls follow closely on one another, a thread often gets several
   * through before the state has to move to another processor.
   */
  private static final int SPINS = 96;

  /** How many permits are granted before the lock is released. */
  private static final int BATCH = 64;

  final TimeSource time;

  private final SpinLock lock = new SpinLock(SPINS);
  private final PartitionIndex index = new PartitionIndex();
  private long lastNow;
  private long arrivals;

  /** Partitions whose remote limits hear of a change once the lock is released. */
  private @Nullable List<Partition> changed;

  /** The timer that is set, or about to be. */
  private @Nullable WakeUp wakeUp;

  ThrottleQueue(TimeSource time) {
    this.time = time;
  }

  /** What was decided under the lock and is done after it. */
  static final class Deferred {
    private final List<Waiter> woken = new ArrayList<>();
    private final List<Runnable> told = new ArrayList<>();
    private @Nullable WakeUp obsolete;
    private @Nullable WakeUp toSet;
    private boolean again;

    void wake(Waiter waiter) {
      woken.add(waiter);
    }

    void tell(Runnable action) {
      told.add(action);
    }
  }

  /** A change under the lock. */
  interface Change<T extends @Nullable Object> {
    T make(long now, Deferred deferred);
  }

  /**
   * Starts at once if no caller is ahead and the limits allow it: the path of almost all callers.
   *
   * @return the instant of the start, or {@link #NOT_STARTED}
   */
  long tryStart(Partition partition, Cost cost) {
    // Read before the clock and the lock, whose time is what others wait for.
    LimitSet sole = partition.sole;
    boolean plain = cost.budgets().isEmpty();
    long now = lock();
    try {
      if (!plain) {
        partition.checkBudgets(cost);
      }
      if (index.waiting > 0 && !index.isClear(partition, now)) {
        return NOT_STARTED;
      }
      boolean started =
          sole == null ? partition.startIfReady(now, cost) : sole.startIfReady(now, cost);
      if (started && partition.remote) {
        markChanged(partition);
      }
      return started ? now : NOT_STARTED;
    } finally {
      release();
    }
  }

  /** Starts at once if the limits allow it and no caller goes before; null if not. */
  @Nullable QueuedPermit tryEnter(Waiter visitor) {
    Partition partition = visitor.throttle().partition;
    Cost cost = visitor.cost;
    Decision.Rejection rejection = null;
    Deferred deferred = new Deferred();
    long now = lock();
    try {
      if (partition.readyAt(now, cost) > now) {
        rejection = partition.rejection(cost);
        for (LimitSet level : partition.levels) {
          rejection = rejection == null ? partition.neverReady(cost, now, level) : rejection;
        }
      } else if (index.waiting == 0) {
        return grant(visitor.throttle(), cost, now, now);
      } else {
        join(partition, visitor, now);
        serve(now, deferred);
        if (visitor.state == Waiter.State.WAITING) {
          remove(partition, visitor, Waiter.State.GONE);
        }
        rejection = visitor.rejection;
      }
    } finally {
      release();
    }
    perform(deferred);
    if (rejection != null) {
      throw rejection.exception(visitor.throttle().name());
    }
    return visitor.permit;
  }

  /** Takes as many permits as can start now, up to a maximum; null if none can. */
  @Nullable QueuedPermit tryStartUpTo(QueuedThrottle throttle, long most) {
    Partition partition = throttle.partition;
    long now = lock();
    try {
      boolean clear = index.waiting == 0 || index.isClear(partition, now);
      long amount = clear ? Math.min(most, partition.available(now)) : 0;
      Cost cost = amount > 0 ? Cost.permits(amount) : Cost.one();
      return amount > 0 && partition.startIfReady(now, cost)
          ? new QueuedPermit(throttle, cost, now, 0, true)
          : null;
    } finally {
      release();
    }
  }

  /** Adds a caller, and serves it if it can start; says what became of it. */
  Decision enter(Waiter waiter) {
    Partition partition = waiter.throttle().partition;
    Deferred deferred = new Deferred();
    Decision decision;
    long now = lock();
    try {
      decision = partition.rejection(waiter.cost);
      if (decision == null) {
        decision = joinAndServe(partition, waiter, now, deferred);
      }
      if (decision instanceof Decision.Rejection && waiter.state != Waiter.State.REJECTED) {
        if (waiter.state == Waiter.State.WAITING) {
          remove(partition, waiter, Waiter.State.GONE);
          serve(now, deferred);
        }
        if (!(decision instanceof Decision.Failed)) {
          partition.count(totals -> totals.refused++);
        }
      }
    } finally {
      release();
    }
    perform(deferred);
    return decision;
  }

  private Decision joinAndServe(Partition partition, Waiter waiter, long now, Deferred deferred) {
    int ahead = partition.queue.size();
    try {
      join(partition, waiter, now);
      serve(now, deferred);
      if (waiter.state == Waiter.State.WAITING) {
        if (partition.isUndecided(now)) {
          waiter.undecided = true;
          partition.undecided++;
          return Decision.UNDECIDED;
        }
        Settings settings = waiter.throttle().settings;
        long wait = settings.needsForecast() ? partition.forecast(now, waiter) - now : 0;
        return settings.admit(waiter, ahead, wait);
      }
    } catch (RuntimeException | Error e) {
      if (waiter.state == Waiter.State.WAITING) {
        return new Decision.Failed(e);
      }
    }
    if (waiter.rejection != null) {
      deferred.woken.remove(waiter);
      return waiter.rejection;
    }
    return Decision.GRANTED;
  }

  /** Removes a caller. False if it was granted a permit or rejected before. */
  boolean leave(Partition partition, Waiter waiter) {
    Deferred deferred = new Deferred();
    long now = lockAnyway();
    try {
      if (waiter.state != Waiter.State.WAITING) {
        return false;
      }
      remove(partition, waiter, Waiter.State.GONE);
      if (!waiter.onlyAsks) {
        partition.count(totals -> totals.abandoned++);
      }
      serve(now, deferred);
    } finally {
      release();
    }
    perform(deferred);
    return true;
  }

  /**
   * The caller of a permit resumes: its start counts from now.
   *
   * @return false if the grant has lapsed: then the caller has to queue again
   */
  boolean confirm(QueuedPermit permit) {
    Partition partition = permit.throttle.partition;
    long now = lock();
    try {
      if (permit.ended) {
        return true;
      }
      if (!permit.confirmed && partition.hasLapsed(now)) {
        permit.ended = true;
        partition.forget(permit.startedAt, permit.cost());
        return false;
      }
      confirm(permit, now);
      return true;
    } catch (RuntimeException | Error e) {
      undo(permit, now);
      throw e;
    } finally {
      release();
    }
  }

  private void confirm(QueuedPermit permit, long now) {
    Partition partition = permit.throttle.partition;
    partition.confirm(permit.startedAt, now, permit.cost(), permit.confirmed);
    permit.startedAt = now;
    permit.confirmed = true;
    markChanged(partition);
  }

  /** Takes back a grant whose caller cannot resume, since a limit has failed. */
  private void undo(QueuedPermit permit, long now) {
    Partition partition = permit.throttle.partition;
    if (!permit.ended) {
      permit.ended = true;
      partition.undo(permit.startedAt, now, permit.cost());
      index.changed(partition);
      markChanged(partition);
    }
  }

  /** Ends a permit. False if it had ended before. */
  boolean end(QueuedPermit permit) {
    Partition partition = permit.throttle.partition;
    boolean callersWait;
    Throwable failure;
    long now = lockAnyway();
    try {
      if (permit.ended) {
        return false;
      }
      if (!permit.confirmed && partition.remote) {
        confirm(permit, now);
      }
      permit.ended = true;
      failure = partition.end(permit.startedAt, now, permit.cost());
      index.changed(partition);
      markChanged(partition);
      callersWait = index.waiting > 0;
    } finally {
      release();
    }
    try {
      if (callersWait) {
        serve();
      }
    } finally {
      rethrow(failure);
    }
    return true;
  }

  /** Settles a permit; returns an exception that a limit threw. */
  @Nullable Throwable settle(QueuedPermit permit, String budget, long amount) {
    return change(permit.throttle.partition, (now, deferred) -> permit.settle(now, budget, amount));
  }

  /** Changes something of a partition, and serves callers. */
  <T extends @Nullable Object> T change(Partition partition, Change<T> change) {
    Deferred deferred = new Deferred();
    T result;
    long now = lock();
    try {
      result = change.make(now, deferred);
      partition.openOrClose(now);
      changed(partition);
      if (index.waiting > 0) {
        serve(now, deferred);
      }
    } finally {
      release();
    }
    perform(deferred);
    return result;
  }

  /** Reads something once all callers have been served that can start. */
  <T> T read(LongFunction<T> reader) {
    Deferred deferred = new Deferred();
    long now = lock();
    try {
      serve(now, deferred);
      return reader.apply(now);
    } finally {
      release();
      perform(deferred);
    }
  }

  /** Does something under the lock that changes nothing for callers. */
  <T> T locked(LongFunction<T> action) {
    long now = lock();
    try {
      return action.apply(now);
    } finally {
      lock.unlock();
    }
  }

  /** Until when at least callers ahead keep a new caller waiting; 0 if none does. */
  long reservedUntil(Partition partition, long now, long headStartNanos) {
    return index.reservedUntil(partition, now - headStartNanos);
  }

  /** Replaces limits of a partition; rejects callers that can now never start. */
  List<LimitSnapshot> update(Partition partition, List<Rule> rules, boolean dropOthers) {
    change(
        partition,
        (now, deferred) -> {
          partition.own.update(now, rules, dropOthers);
          rejectWhere(partition.own, deferred);
          return Optional.empty();
        });
    return locked(now -> partition.own.snapshot());
  }

  /** Rejects all callers of a level and those that come later. Open permits stay valid. */
  void close(Partition partition) {
    change(
        partition,
        (now, deferred) -> {
          partition.own.closeForever();
          rejectWhere(partition.own, deferred);
          return Optional.empty();
        });
  }

  /** Rejects the callers of a level that can never start. Under the lock. */
  void rejectWhere(LimitSet level, Deferred deferred) {
    for (Partition partition : partitionsOf(level)) {
      for (Waiter waiter : partition.queue.all()) {
        Decision.Rejection why;
        try {
          why = partition.rejection(waiter.cost);
        } catch (RuntimeException | Error e) {
          why = new Decision.Failed(e);
        }
        if (why != null) {
          reject(partition, waiter, why, deferred);
        }
      }
    }
  }

  /** The partitions with waiting callers that have a level. Under the lock. */
  List<Partition> partitionsOf(LimitSet level) {
    return index.inUse().stream().filter(partition -> partition.has(level)).toList();
  }

  /** The first callers that only a level keeps waiting. Under the lock. */
  List<Waiter> waitingFor(LimitSet level, long most) {
    return index.waitingFor(level, lastNow, most);
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

  /** Serves all callers that can start now. */
  void serve() {
    Deferred deferred = new Deferred();
    deferred.again = true;
    perform(deferred);
  }

  private void onWakeUp(WakeUp over) {
    Deferred deferred = new Deferred();
    long now = lock();
    try {
      forget(over);
      serve(now, deferred);
    } finally {
      release();
    }
    perform(deferred);
  }

  @SuppressWarnings("ReferenceEquality") // timers are compared by identity
  private void forget(WakeUp over) {
    if (wakeUp == over) {
      wakeUp = null;
    }
  }

  /** Grants permits to callers that can start now. Under the lock. */
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
      head.permit = grant(head.throttle(), head.cost, head.since, now);
    } catch (RuntimeException | Error e) {
      reject(partition, head, new Decision.Failed(e), deferred);
      return;
    }
    remove(partition, head, Waiter.State.GRANTED);
    deferred.wake(head);
  }

  private static QueuedPermit grant(QueuedThrottle throttle, Cost cost, long since, long now) {
    throttle.partition.start(now, cost);
    if (now > since) {
      throttle.partition.count(totals -> totals.waitedNanos += now - since);
    }
    return new QueuedPermit(throttle, cost, now, now - since, false);
  }

  /** Rejects a caller that waits. Under the lock. */
  void reject(Partition partition, Waiter waiter, Decision.Rejection why, Deferred deferred) {
    waiter.rejection = why;
    remove(partition, waiter, Waiter.State.REJECTED);
    partition.count(totals -> totals.refused++);
    deferred.wake(waiter);
  }

  private void join(Partition partition, Waiter waiter, long now) {
    waiter.arrival = arrivals++;
    waiter.since = now;
    waiter.state = Waiter.State.WAITING;
    index.add(partition, waiter);
    markChanged(partition);
  }

  private void remove(Partition partition, Waiter waiter, Waiter.State state) {
    index.remove(partition, waiter);
    waiter.state = state;
    markChanged(partition);
  }

  private void setWakeUp(Deferred deferred) {
    WakeUp current = wakeUp;
    long wakeAt = index.wakeAt();
    boolean callersWait = index.waiting > 0;
    if (callersWait && wakeAt >= (current == null ? TimeSource.NEVER : current.at)) {
      return;
    }
    if (current != null && !current.equals(deferred.toSet)) {
      deferred.obsolete = current;
    }
    wakeUp = callersWait ? new WakeUp(wakeAt) : null;
    deferred.toSet = wakeUp;
  }

  /** Does what was decided, and serves on while there is more than one batch. */
  private void perform(Deferred decided) {
    Deferred deferred = decided;
    while (true) {
      deferred.told.forEach(Runnable::run);
      deferred.woken.forEach(ThrottleQueue::wake);
      if (deferred.obsolete != null) {
        deferred.obsolete.cancel();
      }
      if (deferred.toSet != null) {
        set(deferred.toSet);
      }
      if (!deferred.again) {
        return;
      }
      deferred = new Deferred();
      long now = lock();
      try {
        serve(now, deferred);
      } finally {
        release();
      }
    }
  }

  /** A time source that fails for one caller must not keep others from being woken. */
  private static void wake(Waiter waiter) {
    try {
      waiter.wake();
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.WARNING, "a caller could not be woken", e);
    }
  }

  private void set(WakeUp toSet) {
    try {
      toSet.set(time, () -> onWakeUp(toSet));
    } catch (RuntimeException | Error e) {
      lock.lock();
      forget(toSet);
      lock.unlock();
      throw e;
    }
  }

  /** Something has changed in a partition. Under the lock. */
  void changed(Partition partition) {
    index.changed(partition);
    markChanged(partition);
  }

  /** Lets remote limits of a partition hear of a change once the lock is released. */
  private void markChanged(Partition partition) {
    if (partition.remote) {
      List<Partition> all = changed == null ? new ArrayList<>() : changed;
      changed = all;
      if (!all.contains(partition)) {
        all.add(partition);
      }
    }
  }

  /**
   * Takes the lock.
   *
   * @return the time, read before so as to hold the lock for less, and again if it was waited for;
   *     it never goes back, whichever thread read it
   */
  private long lock() {
    long read = time.nanoTime();
    if (lock.lock()) {
      read = readAgain();
    }
    lastNow = Math.max(lastNow, read);
    return lastNow;
  }

  private long readAgain() {
    try {
      return time.nanoTime();
    } catch (RuntimeException | Error e) {
      lock.unlock();
      throw e;
    }
  }

  /** The same for what must be done even if the time source fails: then at the last time read. */
  private long lockAnyway() {
    long read = 0;
    try {
      read = time.nanoTime();
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.WARNING, "a throttle's time source failed", e);
    }
    lock.lock();
    lastNow = Math.max(lastNow, read);
    return lastNow;
  }

  /** Releases the lock; then remote limits hear of changes. */
  private void release() {
    List<Partition> all = changed;
    if (all == null) {
      lock.unlock();
      return;
    }
    changed = null;
    lock.unlock();
    all.forEach(Partition::afterChange);
  }

  static void rethrow(@Nullable Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
