package dev.headway;

import dev.headway.throttle.Permit;
import dev.headway.time.TimeSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs many items through a throttle: the engine behind every face of a run.
 *
 * <p>The algorithm. Each item runs in a virtual thread of its own. No thread waits for work: the
 * thread that ends an item, or a new one where an item needs something else first, becomes the
 * <em>driver</em>. The driver pulls items from the input and enters each into the queue of its
 * throttle, for as long as an item could start. Only one thread drives at a time, so items enter in
 * input order and no two threads iterate the input. After each change of the {@link RunState} it is
 * decided whether the run needs a driver.
 *
 * <p>When the throttle has answered, the item gets its thread; while it waits for its first permit
 * it holds none. The thread starts it, tells its failure, or drops it where the run was stopped.
 *
 * <p>An item runs only while it holds one of {@code concurrency} {@link Slots}. It returns the slot
 * when it ends and while it backs off.
 *
 * <ul>
 *   <li>With one throttle, an item takes its slot before it asks for its permit, and is pulled only
 *       when the item before it has its permit. So at most one item has been pulled and not
 *       started, and items start in input order. An item that was told "too many requests" keeps
 *       its slot.
 *   <li>With a throttle per key, an item takes its slot when its permit is granted. So up to {@code
 *       max(4 × concurrency, 64)} items that wait for their keys' limits hold up no others. A
 *       permit that is granted while all slots are taken is given back: the item waits for a slot
 *       and then asks again, ahead of those that came after it.
 * </ul>
 *
 * <p>The run ends when the input is exhausted or the run is stopped, and no item is left: the
 * driver closes the input and ends the {@link ResultQueue}.
 *
 * <p>Where the machine cannot start a thread, the one that would start it runs the item itself,
 * another drives meanwhile, and the threads of items stay as long as they may have to drive.
 */
final class RunEngine<T extends @Nullable Object, R extends @Nullable Object> {

  private static final String NAME = "headway-run";
  private static final int MOST_FIRST_ITEMS = 1_000;
  private static final int LEAST_LISTED = 16;

  private final ItemExecution.Work<T, R> work;
  private final Input<T> input;
  private final Consumer<? super T> unstarted;
  private final TimeSource time;
  private final RunState<T, R> state;
  private final ResultQueue<T, R> results;
  private final ProgressReporter reporter;
  private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

  /** How many items are to fill the slots. */
  private final int firstItems;

  /** The items that are not over, and some that are. Guarded by the lock. */
  private final Queue<RunItem<T, R>> items = new ArrayDeque<>();

  /** Whether the machine could not start a thread. */
  private volatile boolean shortOfThreads;

  /**
   * Creates a run that has not begun.
   *
   * @param unstarted gets each item that was pulled and never starts
   */
  RunEngine(ItemExecution.Work<T, R> work, Input<T> input, Consumer<? super T> unstarted) {
    this.work = work;
    this.input = input;
    this.unstarted = unstarted;
    this.time = work.time();
    this.firstItems = Math.min(work.config().concurrency(), MOST_FIRST_ITEMS);
    this.state = new RunState<>(work, input, this::startDriver);
    this.results = state.results;
    this.reporter = new ProgressReporter(work.config().reports(), time, state::progress);
  }

  /** Starts the first thread; throws what the time source throws. */
  void begin() {
    state.update(null, List::of);
    time.start(NAME, this::beginDriving);
  }

  RunState<T, R> state() {
    return state;
  }

  // Threads.

  /** Starts a thread that drives. If it cannot, another takes the turn, or the run has failed. */
  private void startDriver() {
    try {
      time.start(NAME, this::beginDriving);
    } catch (RuntimeException | Error e) {
      shortOfThreads = true;
      if (!state.abandonTurn()) {
        fail(new IllegalStateException("no thread can be started: " + e, e));
        drive();
      }
    }
  }

  /** The life of a thread that was started to drive. */
  private void beginDriving() {
    Thread current = Thread.currentThread();
    current.setContextClassLoader(classLoader);
    state.locked(() -> state.setDriver(current));
    live(true);
  }

  /** The life of an item's thread. */
  private void begin(RunItem<T, R> item) {
    Thread.currentThread().setContextClassLoader(classLoader);
    live(execute(item));
  }

  private void live(boolean drivesFirst) {
    boolean drives = drivesFirst;
    while (drives || awaitsDriving()) {
      drive();
      drives = false;
    }
  }

  private void drive() {
    boolean drives = true;
    while (drives) {
      drives = state.hasTurn ? pull() : end();
    }
  }

  /** Where threads are short, waits until this one must drive; false if it need not any more. */
  private boolean awaitsDriving() {
    while (shortOfThreads) {
      boolean drives =
          state.update(
              Thread.currentThread(),
              () -> {
                state.joinIdle();
                return List.of();
              });
      if (drives) {
        return true;
      }
      if (results.hasEnded()) {
        return false;
      }
      time.park(this, TimeSource.NEVER);
      Thread.interrupted();
    }
    return false;
  }

  /**
   * Starts the thread of an item. If it cannot, this one runs the item, and another drives.
   *
   * @return whether this thread drives, as {@code drives} says unless it had to run the item
   */
  private boolean start(RunItem<T, R> item, boolean drives) {
    try {
      time.start(NAME, () -> begin(item));
      return drives;
    } catch (RuntimeException | Error e) {
      shortOfThreads = true;
      if (drives) {
        var unused = state.abandonTurn();
      }
      return execute(item);
    }
  }

  // Pulling.

  /** Pulls an item and enters it into its queue. Whether this thread still drives. */
  @SuppressWarnings("ThreadPriorityCheck") // a hint; no promise depends on it
  private boolean pull() {
    Thread.interrupted();
    boolean exhausted = false;
    try {
      if (!state.stopped && input.hasNext()) {
        RunItem<T, R> item = new RunItem<>(state, work, input.next());
        if (state.keyed || state.hasSlot || awaitsSlot()) {
          boolean drives = enter(item);
          if (drives && item.index() < firstItems) {
            // Items that wait for no limit then begin in input order as a rule.
            Thread.yield();
          }
          return drives;
        }
        unstarted.accept(item.item());
      } else {
        exhausted = true;
      }
    } catch (InputException e) {
      fail(e);
    } catch (Throwable e) {
      fail(new IllegalStateException("the run broke: " + e, e));
    }
    state.lock.lock();
    try {
      state.inputEnded = true;
      state.exhausted = exhausted && !state.stopped;
      return state.continues();
    } finally {
      state.lock.unlock();
    }
  }

  /** Waits for the slot of an item that was pulled without one; false if the run was stopped. */
  private boolean awaitsSlot() {
    try {
      state.awaitSlot();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Enters an item, and starts it if it is granted at once. Whether this thread still drives. */
  private boolean enter(RunItem<T, R> item) {
    CompletableFuture<Permit> answer = item.enqueue();
    boolean atOnce = answer.isDone();
    boolean drives;
    state.lock.lock();
    try {
      state.pulled++;
      state.open++;
      if (items.size() > 2 * state.open + LEAST_LISTED) {
        items.removeIf(ItemExecution::isOver);
      }
      items.add(item);
      results.expect(item);
      if (atOnce) {
        item.decide();
      } else {
        state.queued++;
      }
      drives = state.continues();
    } finally {
      state.lock.unlock();
    }
    if (atOnce) {
      return start(item, drives);
    }
    var unused = answer.whenComplete((permit, failure) -> onAnswer(item));
    if (state.stopped) {
      answer.cancel(false);
    }
    return drives;
  }

  /** The throttle has answered an item that has waited: on a thread of the throttle's. */
  private void onAnswer(RunItem<T, R> item) {
    state.locked(() -> {
      state.queued--;
      item.decide();
    });
    if (start(item, false)) {
      drive();
    }
  }

  // Ending.

  /** Runs an item to its end. Whether this thread drives then. */
  private boolean execute(RunItem<T, R> item) {
    Outcome<T, R> outcome = null;
    try {
      outcome = item.execute();
    } catch (Throwable e) {
      fail(new IllegalStateException("a permit failed to close: " + e, e));
    }
    Thread.interrupted();
    if (!item.isAttempted()) {
      unstarted.accept(item.item());
    }
    return finish(item, outcome);
  }

  /**
   * An item is over: publishes its outcome, if it has one, and returns its slot. Whether this
   * thread drives then.
   */
  private boolean finish(RunItem<T, R> item, @Nullable Outcome<T, R> outcome) {
    boolean reports = outcome != null && reporter.isDue();
    boolean drives;
    List<Thread> woken;
    List<Thread> readers;
    state.lock.lock();
    try {
      if (outcome != null) {
        state.counters.count(outcome);
      }
      readers = results.add(item, outcome);
      woken = item.returnSlot();
      state.open -= reports ? 0 : 1;
      drives = state.needsDriver(reports ? null : Thread.currentThread());
    } finally {
      state.lock.unlock();
    }
    woken.forEach(time::unpark);
    wakeReaders(readers);
    if (!reports) {
      return drives;
    }
    if (drives) {
      startDriver();
    }
    reporter.report();
    return state.update(
        Thread.currentThread(),
        () -> {
          state.open--;
          return List.of();
        });
  }

  /**
   * Wakes the reader. Threads that are ready run first, so that it finds more than one outcome:
   * waking it takes several times as long as a short task.
   */
  @SuppressWarnings("ThreadPriorityCheck") // a hint; no promise depends on it
  private void wakeReaders(List<Thread> readers) {
    if (!readers.isEmpty()) {
      Thread.yield();
      readers.forEach(time::unpark);
    }
  }

  /** Ends the run with a failure, unless it is stopped already. */
  private void fail(RuntimeException e) {
    state.change(() -> state.stopped ? List.of() : results.fail(e));
    stop();
  }

  /** Starts no more items, and interrupts those that run. */
  void stop() {
    if (state.stopped) {
      return;
    }
    List<RunItem<T, R>> live = new ArrayList<>();
    state.locked(() -> {
      state.stopped = true;
      live.addAll(items);
    });
    live.forEach(RunItem::stop);
    state.interruptDriver();
  }

  /** The driver ends the run. */
  private boolean end() {
    Thread.interrupted();
    long now = time.nanoTime();
    state.locked(() -> state.counters.endedAt = now);
    reporter.reportEnd();
    InputException notClosed = null;
    try {
      input.close();
    } catch (InputException e) {
      notClosed = e;
    }
    InputException failure = notClosed;
    state.change(() -> state.end(failure));
    return false;
  }

  /**
   * Stops and waits for the end. A thread of the run, which cannot wait for its own end, only
   * stops.
   *
   * @throws InputException once, if the input has failed to close
   */
  void close() {
    stop();
    if (!isOfThisRun(Thread.currentThread())) {
      results.awaitEnd();
    }
  }

  private boolean isOfThisRun(Thread thread) {
    boolean[] found = {reporter.isReportedBy(thread)};
    state.locked(() ->
        found[0] |=
            state.isDriver(thread) || items.stream().anyMatch(item -> item.isRunBy(thread)));
    return found[0];
  }
}
