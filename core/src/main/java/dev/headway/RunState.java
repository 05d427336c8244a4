package dev.headway;

import dev.headway.throttle.spi.SpinLock;
import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of a run, and the lock that guards it. Methods are called under the lock, except where
 * noted. Volatile fields are written under the lock and read without.
 *
 * <p>After each change ({@link #update}) it is decided whether the run needs a driver: a thread
 * that pulls an item, or ends the run.
 *
 * <p>The lock spins, since it is held for nanoseconds and a run has more threads than processors.
 * No code of a user runs under it, and no thread waits under it.
 */
final class RunState<T extends @Nullable Object, R extends @Nullable Object> {

  private static final int LEAST_UNREAD = 16;
  private static final int LEAST_LOOK_AHEAD = 64;
  private static final int MOST_BATCH = 64;

  final SpinLock lock = new SpinLock();
  final RunCounters<T, R> counters;
  final Slots slots;
  final ResultQueue<T, R> results;

  private final TimeSource time;
  private final Runnable startDriver;
  private final boolean byDefault;

  /** Whether each item has the throttle of its key. If not, it takes its slot before its permit. */
  final boolean keyed;

  /** How many items may wait in their throttles' queues for their first permit. */
  private final long mostQueued;

  /** How many items may be pulled and not read. */
  private final long room;

  /** How many items have entered the queue of their throttle. The driver reads it without lock. */
  long pulled;

  /** How many of them are not over. */
  long open;

  /** How many of them wait for their first permit. */
  long queued;

  int backingOff;

  /** Whether the driver may pull an item, and whether a slot has been taken for that. */
  boolean hasTurn;

  boolean hasSlot;

  boolean inputEnded;

  /** Whether all of the input was pulled before the run was stopped. */
  volatile boolean exhausted;

  volatile boolean stopped;

  /** Threads that stay to drive, where no more can be started. */
  private final Set<Thread> idle = new HashSet<>();

  /** Whether a thread drives, or is about to; and which, once it does. */
  private boolean driving;

  private @Nullable Thread driver;

  /**
   * Creates the state of a run that has not begun.
   *
   * @param startDriver starts a thread that drives; called without the lock
   */
  RunState(ItemExecution.Work<T, R> work, Input<T> input, Runnable startDriver) {
    RunConfig config = work.config();
    int concurrency = config.concurrency();
    this.time = work.time();
    this.startDriver = startDriver;
    this.byDefault = config.hasDefaultConcurrency();
    this.keyed = config.isKeyed();
    this.counters = new RunCounters<>(input.size(), work.originNanos());
    this.slots = new Slots(concurrency);
    this.mostQueued = keyed ? Math.max(4L * concurrency, LEAST_LOOK_AHEAD) : 1;
    long unread = Math.max(concurrency, LEAST_UNREAD);
    this.room = concurrency + unread + (keyed ? mostQueued : 0);
    int batchSize = Math.clamp(unread / 4, 1, MOST_BATCH);
    this.results = new ResultQueue<>(time, config.ordered(), batchSize, this::locked);
  }

  /** The first that failed; a copy. Called without the lock. */
  List<Outcome.Failure<T, R>> failures() {
    lock.lock();
    try {
      return List.copyOf(counters.failures);
    } finally {
      lock.unlock();
    }
  }

  /** How far the run has come. Called without the lock. */
  Progress progress() {
    long now = time.nanoTime();
    lock.lock();
    try {
      boolean held = byDefault && !inputEnded && !stopped && slots.areAllTaken();
      return counters.progress(now, held);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes a change under the lock. Called without it.
   *
   * @param candidate the thread that drives if the run needs a driver now
   * @param change returns threads to wake
   * @return whether the run needs a driver now; it must get one
   */
  boolean update(@Nullable Thread candidate, Supplier<List<Thread>> change) {
    List<Thread> woken;
    boolean drives;
    lock.lock();
    try {
      woken = change.get();
      drives = needsDriver(candidate);
    } finally {
      lock.unlock();
    }
    woken.forEach(time::unpark);
    return drives;
  }

  /** Makes a change under the lock that wakes no thread, as {@link #change}. */
  void locked(Runnable change) {
    change(() -> {
      change.run();
      return List.of();
    });
  }

  /** Makes a change under the lock, in a thread that does not drive. Called without the lock. */
  void change(Supplier<List<Thread>> change) {
    if (update(null, change)) {
      startDriver.run();
    }
  }

  /** Whether the run needs a driver now, which is the candidate then. */
  boolean needsDriver(@Nullable Thread candidate) {
    if (driving || !(hasTurn || takesTurn() || isOver())) {
      return false;
    }
    driving = true;
    driver = candidate;
    return true;
  }

  private boolean isOver() {
    return (stopped || inputEnded) && open == 0;
  }

  /**
   * Lets another item be pulled if it could start or enter a queue. Takes its slot, unless an item
   * backs off, which may need the slot before the input has an item.
   */
  private boolean takesTurn() {
    hasTurn =
        !stopped
            && !inputEnded
            && slots.isOneFree()
            && queued < mostQueued
            && pulled - results.returned() < room;
    hasSlot = hasTurn && !keyed && backingOff == 0 && slots.take();
    return hasTurn;
  }

  /** Ends a turn of the driver. Whether it has another one. */
  boolean continues() {
    hasTurn = false;
    driving = false;
    Thread current = driver;
    driver = null;
    return needsDriver(current);
  }

  /**
   * The driver leaves its turn to another thread, if there is one. Called without the lock.
   *
   * @return whether there is: one that is idle or that has an item
   */
  boolean abandonTurn() {
    List<Thread> woken;
    lock.lock();
    try {
      if (open == 0 && idle.isEmpty()) {
        return false;
      }
      driving = false;
      driver = null;
      woken = takeIdle();
    } finally {
      lock.unlock();
    }
    woken.forEach(time::unpark);
    return true;
  }

  /** The current thread is idle from now on. */
  void joinIdle() {
    if (!results.hasEnded()) {
      idle.add(Thread.currentThread());
    }
  }

  private List<Thread> takeIdle() {
    List<Thread> all = List.copyOf(idle);
    idle.clear();
    return all;
  }

  /** The run has ended. Returns the threads to wake. */
  List<Thread> end(@Nullable InputException notClosed) {
    driver = null;
    List<Thread> woken = new ArrayList<>(takeIdle());
    woken.addAll(results.end(notClosed));
    return woken;
  }

  /** The driver's thread has begun. */
  void setDriver(Thread thread) {
    driver = thread;
  }

  boolean isDriver(Thread thread) {
    return thread.equals(driver);
  }

  /** Interrupts the driver, which may wait for the input or a slot. Called without the lock. */
  void interruptDriver() {
    Thread current;
    lock.lock();
    try {
      current = driver;
    } finally {
      lock.unlock();
    }
    if (current != null) {
      interrupt(current);
    }
  }

  void interrupt(Thread thread) {
    thread.interrupt();
    time.unpark(thread);
  }

  /**
   * Waits for a slot in arrival order. Called without the lock.
   *
   * @throws InterruptedException if the run is stopped
   */
  void awaitSlot() throws InterruptedException {
    Thread current = Thread.currentThread();
    lock.lock();
    try {
      if (!stopped && slots.take()) {
        return;
      }
      slots.join(current);
      while (!stopped && slots.isWaiting(current)) {
        lock.unlock();
        try {
          // An interrupt that does not come from the end of the run was meant for an attempt.
          time.park(this, TimeSource.NEVER);
          Thread.interrupted();
        } finally {
          lock.lock();
        }
      }
      slots.leave(current);
      if (stopped) {
        throw new InterruptedException();
      }
    } finally {
      lock.unlock();
    }
  }
}
