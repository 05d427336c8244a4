package dev.headway;

import dev.headway.limit.Cost;
import dev.headway.throttle.Permit;
import dev.headway.time.TimeSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs many items through a throttle: the engine behind every face of a run.
 *
 * <p>The algorithm. Each item runs in a virtual thread of its own. No thread waits for work: a
 * thread that ends an item, or frees what another item needs, <em>pulls</em>. It takes items from
 * the input and enters each into the queue of its throttle, for as long as an item could start
 * ({@link PullState#begin}). Only one thread pulls at a time, so items enter in input order and no
 * two threads iterate the input. A thread that finds another one pulling has nothing to do: the
 * puller looks again, under the lock, before it stops.
 *
 * <p>If the permit is granted at once, the puller starts the item's thread. Otherwise the throttle
 * grants it later by completing a future on a new thread, and that thread runs the item. So an item
 * that waits for its first permit holds no thread.
 *
 * <p>An item runs only while it holds one of {@code concurrency} {@link Slots}. It returns the slot
 * when it ends and while it backs off.
 *
 * <ul>
 *   <li>With one throttle, an item takes its slot before it asks for its permit, and is pulled only
 *       when the item before it has its permit. So at most one item has been pulled and not
 *       started, and items start in input order.
 *   <li>With a throttle per key, an item takes its slot when its permit is granted. So up to {@code
 *       max(4 × concurrency, 64)} items that wait for their keys' limits hold up no others. A
 *       permit that is granted while all slots are taken is kept until one is free.
 * </ul>
 *
 * <p>Each pulled item takes a credit of the {@link ResultQueue}, so a slow reader holds the run
 * back.
 *
 * <p>A run ends when the input is exhausted or the run is stopped, and no item is left. The thread
 * that ends the last item closes the input and ends the result queue ({@link RunEnd}). Where the
 * machine cannot start a thread, {@link SpareThreads} run several items each.
 */
final class RunEngine<T extends @Nullable Object, R extends @Nullable Object> {

  private final RunConfig config;
  private final Input<T> input;
  private final Task<? super T, ? extends R> task;
  private final Function<? super T, Cost> costs;
  private final Consumer<? super T> unstarted;
  private final TimeSource time;
  private final ClockAnchor anchor;
  private final boolean keyed;
  private final RunState<T, R> state;
  private final ProgressReporter reporter;
  private final RunEnd<T, R> end;
  private final RunThreads<T, R> threads;
  private final LaterAttempts<T, R> attempts;

  /** How many items were pulled. Used by the puller only. */
  private long pulled;

  /**
   * Creates a run that has not begun.
   *
   * @param unstarted gets each item that was pulled and never starts
   */
  RunEngine(
      RunConfig config,
      Input<T> input,
      Function<? super T, Cost> costs,
      Task<? super T, ? extends R> task,
      Consumer<? super T> unstarted) {
    this.config = config;
    this.input = input;
    this.costs = costs;
    this.task = task;
    this.unstarted = unstarted;
    this.time = config.source().time().get();
    this.anchor = ClockAnchor.now(time);
    this.keyed = config.isKeyed();
    this.state = new RunState<>(config, time, anchor, input.size(), this::onCredit);
    this.reporter = new ProgressReporter(config, time, this::progress);
    this.end = new RunEnd<>(state, time, input, unstarted, reporter);
    this.threads = new RunThreads<>(state, time, this::pullOne, this::abandonPull, this::run, end);
    this.attempts = new LaterAttempts<>(state, time, keyed, this::resume, threads::startPuller);
  }

  /** Starts the first thread. */
  void begin() {
    state.locked(() -> state.beginPull(null));
    threads.startFirst();
  }

  ResultQueue<T, R> results() {
    return state.results;
  }

  /** Whether all of the input was pulled before the run was stopped. */
  boolean isExhausted() {
    return state.exhausted;
  }

  boolean isStopped() {
    return state.stopped;
  }

  /** Starts no more items, and interrupts those that run. */
  void stop() {
    end.stop();
  }

  /**
   * Stops and waits for the end. A thread of the run only stops.
   *
   * @throws InputException once, if the input has failed to close
   */
  void close() {
    end.close();
  }

  Progress progress() {
    long now = time.nanoTime();
    state.lock.lock();
    try {
      boolean held =
          config.hasDefaultConcurrency()
              && !state.pull.inputEnded
              && !state.stopped
              && state.slots.areAllTaken();
      return state.counters.progress(now, held);
    } finally {
      state.lock.unlock();
    }
  }

  /** There is credit that was missing. Called by the reader. */
  private void onCredit() {
    boolean pulls;
    state.lock.lock();
    try {
      pulls = state.beginPull(null);
    } finally {
      state.lock.unlock();
    }
    if (pulls) {
      threads.startPuller();
    }
  }

  /** Wakes or starts items that have got a slot. */
  private void resume(List<ItemExecution<T, R>> assigned) {
    for (ItemExecution<T, R> item : assigned) {
      Thread thread = item.thread;
      if (thread != null) {
        time.unpark(thread);
      } else if (item.started) {
        threads.start(item);
      }
    }
  }

  // Pulling.

  /** Pulls one item. False if this thread must not pull another one. */
  private boolean pullOne() {
    try {
      ItemExecution<T, R> item = state.pull.resume();
      if (item == null) {
        item = nextItem();
        if (item == null || (!keyed && !state.pull.useReservedSlot(item) && !takesSlot(item))) {
          return false;
        }
      }
      return enqueue(item);
    } catch (Throwable e) {
      end.fail(new IllegalStateException("the run broke: " + e, e));
      abandonPull();
      return false;
    }
  }

  /** Takes the next item from the input; null if there is none. */
  private @Nullable ItemExecution<T, R> nextItem() {
    try {
      if (!state.stopped && input.hasNext()) {
        T item = input.next();
        return new ItemExecution<>(config, time, anchor, costs, task, item, pulled++, attempts);
      }
      endPull(!state.stopped);
    } catch (InputException e) {
      end.fail(e);
      abandonPull();
    }
    return null;
  }

  /** Takes a slot for an item that was pulled without one; otherwise pulling ends. */
  private boolean takesSlot(ItemExecution<T, R> item) {
    state.lock.lock();
    try {
      if (!state.stopped) {
        if (state.slots.takeOrWait(item)) {
          return true;
        }
        state.items.add(item);
        state.pull.end();
        state.pull.setWaiting(item);
        return false;
      }
    } finally {
      state.lock.unlock();
    }
    end.drop(item, true);
    return false;
  }

  private void abandonPull() {
    endPull(false);
  }

  /** Ends pulling where no item was pulled. */
  private void endPull(boolean isEndOfInput) {
    List<Thread> woken = List.of();
    List<ItemExecution<T, R>> assigned;
    boolean last;
    state.lock.lock();
    try {
      if (isEndOfInput) {
        state.pull.inputEnded = true;
        state.exhausted = !state.stopped;
        woken = state.spares.wake();
      }
      assigned = state.abandonPull();
      last = state.isOver();
    } finally {
      state.lock.unlock();
    }
    woken.forEach(time::unpark);
    resume(assigned);
    end.endIf(last);
  }

  /** Enters an item into its throttle's queue, and starts it if its permit is granted at once. */
  private boolean enqueue(ItemExecution<T, R> item) {
    CompletableFuture<Permit> future;
    boolean isGranted;
    try {
      future = item.enqueue();
      isGranted = future.isDone();
      if (isGranted) {
        item.granted(future.join());
      }
    } catch (Throwable e) {
      return reject(item, e, true);
    }
    if (isGranted) {
      return start(item);
    }
    item.queued();
    boolean cancels;
    boolean more;
    state.lock.lock();
    try {
      cancels = state.stopped;
      item.queuedFor = future;
      state.pull.queued++;
      state.items.add(item);
      more = state.nextPull();
    } finally {
      state.lock.unlock();
    }
    if (cancels) {
      future.cancel(false);
    }
    item.attachedBy = Thread.currentThread();
    var unused = future.whenComplete((permit, failure) -> onPermit(item, permit, failure));
    item.attachedBy = null;
    return more;
  }

  /** Starts an item whose permit was granted at once. */
  private boolean start(ItemExecution<T, R> item) {
    boolean drops;
    boolean starts = false;
    boolean more = false;
    state.lock.lock();
    try {
      drops = state.stopped;
      if (!drops) {
        state.items.add(item);
        starts = state.takeSlotAndStart(item);
        more = state.nextPull();
      }
    } finally {
      state.lock.unlock();
    }
    if (drops) {
      end.drop(item, true);
    } else if (starts && !threads.start(item)) {
      if (more) {
        abandonPull();
      }
      return false;
    }
    return more;
  }

  /** The throttle has answered an item that waited in its queue: on a new thread, as a rule. */
  private void onPermit(
      ItemExecution<T, R> item, @Nullable Permit permit, @Nullable Throwable failure) {
    Thread current = Thread.currentThread();
    boolean isNewThread = current.isVirtual() && !current.equals(item.attachedBy);
    boolean drops;
    boolean starts = false;
    boolean pulls = false;
    if (permit != null) {
      item.granted(permit);
    }
    state.lock.lock();
    try {
      state.pull.queued--;
      item.queuedFor = null;
      drops = state.stopped;
      if (!drops && permit != null) {
        starts = state.takeSlotAndStart(item);
        pulls = state.beginPull(null);
      }
    } finally {
      state.lock.unlock();
    }
    if (drops) {
      end.dropElsewhere(item);
      return;
    }
    pulls |= permit == null && reject(item, Objects.requireNonNull(failure), false);
    if (pulls) {
      threads.startPuller();
    }
    if (starts && isNewThread) {
      threads.runHere(item);
    } else if (starts && !threads.start(item)) {
      threads.runAsLastResort();
    }
  }

  // Running and ending items.

  /** Runs an item to its end. True if this thread is the puller then. */
  private boolean run(ItemExecution<T, R> item) {
    Thread current = Thread.currentThread();
    item.thread = current;
    if (state.stopped) {
      current.interrupt();
    }
    return finish(item, item.run(), false);
  }

  /** An item gets no permit. True if this thread is the puller then. */
  private boolean reject(ItemExecution<T, R> item, Throwable failure, boolean isPuller) {
    item.thread = Thread.currentThread();
    unstarted.accept(item.item());
    return finish(item, item.rejected(failure), isPuller);
  }

  /** Publishes an outcome and returns the slot. True if this thread is the puller then. */
  private boolean finish(ItemExecution<T, R> item, Outcome<T, R> outcome, boolean isPuller) {
    Thread.interrupted();
    boolean reports = reporter.isDue();
    List<Thread> woken;
    List<ItemExecution<T, R>> assigned;
    boolean pulls;
    boolean last;
    state.lock.lock();
    try {
      state.markStarted(item);
      state.counters.count(outcome);
      woken = state.results.add(outcome);
      state.items.remove(item);
      assigned = state.releaseSlot(item);
      state.helpers += reports ? 1 : 0;
      pulls = isPuller ? state.nextPull() : state.beginPull(Thread.currentThread());
      last = state.isOver();
    } finally {
      state.lock.unlock();
    }
    resume(assigned);
    if (reports) {
      end.reportElsewhere();
    }
    wake(woken);
    end.endIf(last);
    return pulls;
  }

  /**
   * Wakes the reader. Threads that are ready run first, so that it finds more than one outcome:
   * waking it takes several times as long as a short task.
   */
  @SuppressWarnings("ThreadPriorityCheck") // a hint; no promise depends on it
  private void wake(List<Thread> readers) {
    if (!readers.isEmpty()) {
      Thread.yield();
      readers.forEach(time::unpark);
    }
  }
}
