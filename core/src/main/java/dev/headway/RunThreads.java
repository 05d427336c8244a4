package dev.headway;

import dev.headway.time.TimeSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Starts the threads of a run, and says how each lives: it runs an item or pulls, then pulls as
 * long as it is the puller, and ends.
 *
 * <p>Where the machine cannot start a thread, those that live do not end: they run the items that
 * have none ({@link SpareThreads}).
 *
 * <p>Each thread has the context class loader of the thread that began the run.
 */
final class RunThreads<T extends @Nullable Object, R extends @Nullable Object> {

  static final String NAME = "headway-run";

  private static final int MOST_FIRST_ITEMS = 1_000;

  private final RunState<T, R> state;
  private final TimeSource time;
  private final BooleanSupplier pullOne;
  private final Runnable abandonPull;
  private final Predicate<ItemExecution<T, R>> run;
  private final RunEnd<T, R> end;

  /** How many items are to fill the slots. Used by the puller only. */
  private int firstItems;

  private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

  /**
   * Creates one.
   *
   * @param pullOne pulls one item; false if this thread must not pull another one
   * @param abandonPull ends pulling before an item was pulled
   * @param run runs an item to its end; true if this thread is the puller then
   */
  RunThreads(
      RunState<T, R> state,
      TimeSource time,
      BooleanSupplier pullOne,
      Runnable abandonPull,
      Predicate<ItemExecution<T, R>> run,
      RunEnd<T, R> end) {
    this.state = state;
    this.time = time;
    this.pullOne = pullOne;
    this.abandonPull = abandonPull;
    this.run = run;
    this.end = end;
    this.firstItems = Math.min(state.slots.count(), MOST_FIRST_ITEMS);
  }

  /** Starts the first thread, which pulls; throws what the time source throws. */
  void startFirst() {
    time.start(NAME, this::pullHere);
  }

  /** Starts a thread that pulls, for a thread that has something else to do. */
  void startPuller() {
    try {
      time.start(NAME, this::pullHere);
    } catch (RuntimeException | Error e) {
      abandonPull.run();
      List<Thread> woken;
      boolean isLost;
      state.lock.lock();
      try {
        woken = state.spares.use();
        isLost = woken.isEmpty() && state.items.isEmpty();
      } finally {
        state.lock.unlock();
      }
      woken.forEach(time::unpark);
      if (isLost) {
        end.fail(new IllegalStateException("no thread can be started: " + e, e));
      }
    }
  }

  /** Starts the thread of an item. If false, it cannot, and a spare thread must run the item. */
  boolean start(ItemExecution<T, R> item) {
    try {
      time.start(NAME, () -> runHere(item));
      return true;
    } catch (RuntimeException | Error e) {
      List<Thread> woken;
      state.lock.lock();
      try {
        woken = state.spares.addWork(item);
      } finally {
        state.lock.unlock();
      }
      woken.forEach(time::unpark);
      return false;
    }
  }

  /** Lives as the thread of an item. */
  void runHere(ItemExecution<T, R> item) {
    Thread.currentThread().setContextClassLoader(classLoader);
    live(run.test(item));
  }

  private void pullHere() {
    Thread current = Thread.currentThread();
    current.setContextClassLoader(classLoader);
    state.pull.setPuller(current);
    live(true);
  }

  /**
   * The rest of a thread's life when it has no item to run. While a run fills its slots, the puller
   * lets each thread that it has started run first. So the first items begin in input order as a
   * rule, even those that wait for no limit; later ones are mostly pulled one at a time.
   */
  @SuppressWarnings("ThreadPriorityCheck") // a hint; no promise depends on it
  private void live(boolean isPuller) {
    boolean pulls = isPuller;
    while (true) {
      while (pulls) {
        pulls = pullOne.getAsBoolean();
        if (pulls && firstItems > 0) {
          firstItems--;
          Thread.yield();
        }
      }
      if (!state.spares.areUsed()) {
        return;
      }
      ItemExecution<T, R> item;
      List<Thread> woken = List.of();
      state.lock.lock();
      try {
        item = state.spares.pollWork();
        pulls = item == null && state.beginPull(Thread.currentThread());
        if (item != null) {
          woken = state.spares.wake();
        } else if (!pulls) {
          if (state.stopped || state.pull.inputEnded) {
            return;
          }
          state.spares.addIdle(Thread.currentThread());
        }
      } finally {
        state.lock.unlock();
      }
      woken.forEach(time::unpark);
      if (item != null) {
        pulls = run.test(item);
      } else if (!pulls) {
        time.park(this, TimeSource.NEVER);
        Thread.interrupted();
      }
    }
  }

  /** Runs an item that has no thread in this one, which is not of the run. */
  void runAsLastResort() {
    ItemExecution<T, R> item;
    state.lock.lock();
    try {
      item = state.spares.pollWork();
    } finally {
      state.lock.unlock();
    }
    if (item != null && run.test(item)) {
      startPuller();
    }
  }
}
