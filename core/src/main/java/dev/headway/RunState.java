package dev.headway;

import dev.headway.throttle.spi.SpinLock;
import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The state of a run, and the lock that guards it. Methods are called under the lock, except where
 * noted. Volatile fields are written under the lock and read without.
 *
 * <p>The lock spins, since it is held for nanoseconds and a run has more threads than processors.
 * No code of a user runs under it, and no thread waits under it.
 */
final class RunState<T extends @Nullable Object, R extends @Nullable Object> {

  /**
   * Some microseconds between attempts: with short tasks, a thread then gets several items through
   * before the state has to move to another processor.
   */
  private static final int SPINS = 384;

  private static final int LEAST_UNREAD = 16;
  private static final int LEAST_LOOK_AHEAD = 64;
  private static final int MOST_CREDIT_BATCH = 64;

  final SpinLock lock = new SpinLock(SPINS);
  final RunCounters counters;
  final Slots<T, R> slots;
  final PullState<T, R> pull;
  final ResultQueue<T, R> results;
  final LiveItems<T, R> items = new LiveItems<>();
  final SpareThreads<T, R> spares = new SpareThreads<>();

  /** Threads that call code of a user for this run, but run no item. */
  final List<Thread> helperThreads = new ArrayList<>();

  /** How many helper threads the end of the run waits for. */
  int helpers;

  /** Whether all of the input was pulled before the run was stopped. */
  volatile boolean exhausted;

  volatile boolean stopped;

  private boolean ending;

  /**
   * Creates the state of a run that has not begun.
   *
   * @param onCredit called by the reader, without the lock, when there is credit that was missing
   */
  RunState(
      RunConfig config, TimeSource time, ClockAnchor anchor, OptionalLong size, Runnable onCredit) {
    boolean keyed = config.isKeyed();
    int concurrency = config.concurrency();
    long lookAhead = keyed ? Math.max(4L * concurrency, LEAST_LOOK_AHEAD) : 0;
    long unread = Math.max(concurrency, LEAST_UNREAD);
    int creditBatch = Math.clamp(unread / 4, 1, MOST_CREDIT_BATCH);
    long room = concurrency + unread + lookAhead;
    this.results = new ResultQueue<>(lock, time, config.ordered(), room, creditBatch, onCredit);
    this.counters = new RunCounters(size, anchor.nanos());
    this.slots = new Slots<>(concurrency);
    int mostQueued = keyed ? (int) Math.min(Integer.MAX_VALUE, lookAhead) : 1;
    this.pull = new PullState<>(slots, results, !keyed, mostQueued);
  }

  /** Runs an action under the lock; called without it. */
  void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  /** Makes a thread the puller if there is something to pull and none pulls. */
  boolean beginPull(@Nullable Thread thread) {
    return !stopped && !spares.hasWork() && pull.begin(thread);
  }

  /** Ends one step of the puller; false if it must not pull another item. */
  boolean nextPull() {
    if (stopped || spares.hasWork()) {
      pull.end();
      return false;
    }
    return pull.next();
  }

  /** Starts an item that has its permit, if it can have a slot; otherwise it waits for one. */
  boolean takeSlotAndStart(ItemExecution<T, R> item) {
    if (item.hasSlot || slots.takeOrWait(item)) {
      markStarted(item);
      return true;
    }
    return false;
  }

  /** Returns a slot. Items that wait with their permit start when they get it. */
  List<ItemExecution<T, R>> releaseSlot(ItemExecution<T, R> item) {
    return started(slots.release(item));
  }

  /** Ends pulling before an item was pulled. */
  List<ItemExecution<T, R>> abandonPull() {
    return started(pull.abandon());
  }

  private List<ItemExecution<T, R>> started(List<ItemExecution<T, R>> assigned) {
    for (ItemExecution<T, R> item : assigned) {
      if (item.permit != null) {
        markStarted(item);
      }
    }
    return assigned;
  }

  void markStarted(ItemExecution<T, R> item) {
    if (!item.started) {
      item.started = true;
      counters.started++;
    }
  }

  /** Whether nothing is left of the run; true once, and the caller must end it then. */
  boolean isOver() {
    boolean over =
        !ending
            && (stopped || pull.inputEnded)
            && !pull.isPulling()
            && helpers == 0
            && items.isEmpty();
    ending |= over;
    return over;
  }
}
