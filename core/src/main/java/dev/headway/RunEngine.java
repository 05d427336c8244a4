package dev.headway;

import dev.headway.limit.Cost;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
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
 * that waits for a permit holds no thread.
 *
 * <p>An item runs only while it holds one of {@code concurrency} slots. It returns the slot when it
 * ends and while it backs off.
 *
 * <ul>
 *   <li>With one throttle, an item takes its slot before it asks for its permit, and is pulled only
 *       when the item before it has its permit. So at most one item has been pulled and not
 *       started, and items start in input order.
 *   <li>With a throttle per key, an item takes its slot when its permit is granted. So up to {@code
 *       max(4 × concurrency, 64)} items that wait for their keys' limits hold up no others. A permit
 *       that is granted while all slots are taken is kept until one is free.
 * </ul>
 *
 * <p>Each pulled item takes a credit of the {@link ResultQueue}, so a slow reader holds the run
 * back.
 *
 * <p>A run ends when the input is exhausted or the run is stopped, and no item is left. The thread
 * that ends the last item closes the input and ends the result queue. Where the machine cannot
 * start a thread, {@link SpareThreads} run several items each.
 *
 * <p>No code of a user runs under the lock, and no thread waits under it.
 */
final class RunEngine<T extends @Nullable Object, R extends @Nullable Object>
    implements AttemptListener<ItemExecution<T, R>> {

  private static final String THREAD_NAME = "headway-run";
  private static final int LEAST_UNREAD = 16;
  private static final int LEAST_LOOK_AHEAD = 64;

  private final RunConfig config;
  private final Input<T> input;
  private final Task<? super T, ? extends R> task;
  private final Function<? super T, Cost> costs;
  private final Consumer<? super T> unstarted;
  private final TimeSource time;
  private final ClockAnchor anchor;
  private final boolean keyed;
  private final ProgressReporter reporter;
  private final ResultQueue<T, R> results;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock. Volatile fields are written under it and read without.

  private final RunCounters counters;
  private final Slots<T, R> slots;
  private final PullState<T, R> pull;
  private final LiveItems<T, R> items = new LiveItems<>();
  private final SpareThreads<T, R> spares = new SpareThreads<>();
  private final List<Thread> helperThreads = new ArrayList<>();

  /** How many threads report progress, or are about to. */
  private int helpers;

  private long pulled;
  private volatile boolean exhausted;
  private volatile boolean stopped;
  private boolean ending;
  private @Nullable Thread endingThread;

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
    this.time = config.time().get();
    this.anchor = ClockAnchor.now(time);
    this.keyed = config.isKeyed();
    int concurrency = config.concurrency();
    long lookAhead = Math.max(4L * concurrency, LEAST_LOOK_AHEAD);
    long room = (long) concurrency + Math.max(concurrency, LEAST_UNREAD) + (keyed ? lookAhead : 0);
    this.results = new ResultQueue<>(lock, time, config.ordered(), room, this::onCredit);
    this.counters = new RunCounters(input.size(), anchor.nanos());
    this.slots = new Slots<>(concurrency);
    this.pull =
        new PullState<>(
            slots, results, !keyed, keyed ? (int) Math.min(Integer.MAX_VALUE, lookAhead) : 1);
    this.reporter = new ProgressReporter(config, time, this::progress);
  }

  /** Starts the first thread. */
  void begin() {
    lock.lock();
    try {
      pull.begin(null);
    } finally {
      lock.unlock();
    }
    time.start(THREAD_NAME, this::pullOnNewThread);
  }

  ResultQueue<T, R> results() {
    return results;
  }

  /** Whether all of the input was pulled before the run was stopped. */
  boolean isExhausted() {
    return exhausted;
  }

  boolean isStopped() {
    return stopped;
  }

  Progress progress() {
    lock.lock();
    try {
      boolean held = config.hasDefaultConcurrency() && !pull.inputEnded && slots.areAllTaken();
      return counters.progress(time.nanoTime(), held && !stopped);
    } finally {
      lock.unlock();
    }
  }

  // Pulling.

  private boolean beginPull(@Nullable Thread thread) {
    return !stopped && !spares.hasWork() && pull.begin(thread);
  }

  private boolean nextPull() {
    if (stopped || spares.hasWork()) {
      pull.end();
      return false;
    }
    return pull.next();
  }

  private void pullOnNewThread() {
    pull.setPuller(Thread.currentThread());
    work(true);
  }

  /** Starts a thread that pulls, for a thread that has something else to do. */
  private void startPuller() {
    try {
      time.start(THREAD_NAME, this::pullOnNewThread);
    } catch (RuntimeException | Error e) {
      List<Thread> woken;
      boolean lost;
      endPull(false);
      lock.lock();
      try {
        woken = spares.use();
        lost = woken.isEmpty() && items.isEmpty();
      } finally {
        lock.unlock();
      }
      woken.forEach(time::unpark);
      if (lost) {
        fail(new IllegalStateException("no thread can be started: " + e, e));
      }
    }
  }

  /** What a thread of this run does when its item, if it had one, has ended. */
  private void work(boolean pulls) {
    boolean pullsNow = pulls;
    while (true) {
      while (pullsNow) {
        pullsNow = pullOne();
      }
      if (!spares.areUsed()) {
        return;
      }
      ItemExecution<T, R> item;
      boolean leaves = false;
      List<Thread> woken = List.of();
      lock.lock();
      try {
        item = spares.pollWork();
        pullsNow = item == null && beginPull(Thread.currentThread());
        if (item != null) {
          woken = spares.wake();
        } else if (!pullsNow) {
          leaves = stopped || pull.inputEnded;
          spares.addIdle(Thread.currentThread());
        }
      } finally {
        lock.unlock();
      }
      woken.forEach(time::unpark);
      if (leaves) {
        return;
      }
      if (item != null) {
        pullsNow = runHere(item);
      } else if (!pullsNow) {
        time.park(this, TimeSource.NEVER);
        Thread.interrupted();
      }
    }
  }

  /** Pulls one item. False if this thread must not pull another one. */
  private boolean pullOne() {
    try {
      ItemExecution<T, R> item = pull.resume();
      if (item == null) {
        item = nextItem();
        if (item == null) {
          return false;
        }
        if (!keyed && !pull.useReservedSlot(item) && !takesSlot(item)) {
          return false;
        }
      }
      return enter(item);
    } catch (Throwable e) {
      fail(new IllegalStateException("the run broke: " + e, e));
      endPull(false);
      return false;
    }
  }

  /** Takes the next item from the input; null if there is none. */
  private @Nullable ItemExecution<T, R> nextItem() {
    try {
      if (!stopped && input.hasNext()) {
        T item = input.next();
        return new ItemExecution<>(config, time, anchor, costs, task, item, pulled++, this);
      }
      endPull(!stopped);
    } catch (InputException e) {
      fail(e);
      endPull(false);
    }
    return null;
  }

  /** Takes a slot for an item that was pulled without one; otherwise pulling ends. */
  private boolean takesSlot(ItemExecution<T, R> item) {
    boolean dropped;
    lock.lock();
    try {
      dropped = stopped;
      if (!dropped) {
        if (slots.takeOrWait(item)) {
          return true;
        }
        items.add(item);
        pull.end();
        pull.setWaiting(item);
      }
    } finally {
      lock.unlock();
    }
    if (dropped) {
      drop(item, true);
    }
    return false;
  }

  /** Ends pulling where no item was pulled. */
  private void endPull(boolean endOfInput) {
    List<Thread> woken = List.of();
    List<ItemExecution<T, R>> assigned;
    boolean last;
    lock.lock();
    try {
      if (endOfInput) {
        pull.inputEnded = true;
        exhausted = !stopped;
        woken = spares.wake();
      }
      assigned = started(pull.abandon());
      last = isOver();
    } finally {
      lock.unlock();
    }
    woken.forEach(time::unpark);
    resume(assigned);
    endIf(last);
  }

  /** Enters an item into its throttle's queue, and starts it if its permit is granted at once. */
  private boolean enter(ItemExecution<T, R> item) {
    CompletableFuture<Permit> future;
    boolean granted;
    try {
      future = item.enqueue();
      granted = future.isDone();
      if (granted) {
        item.granted(future.join());
      }
    } catch (Throwable e) {
      return reject(item, e, true);
    }
    if (granted) {
      return start(item);
    }
    item.queued();
    boolean cancels;
    boolean more;
    lock.lock();
    try {
      cancels = stopped;
      item.queuedFor = future;
      pull.queued++;
      items.add(item);
      more = nextPull();
    } finally {
      lock.unlock();
    }
    if (cancels) {
      future.cancel(false);
    }
    item.attachedBy = Thread.currentThread();
    var unused = future.whenComplete((permit, failure) -> onPermit(item, permit, failure));
    item.attachedBy = null;
    return more;
  }

  // Starting items.

  /** Starts an item that has its permit. False if the puller must not pull another one. */
  private boolean start(ItemExecution<T, R> item) {
    boolean dropped;
    boolean runs = false;
    boolean more = false;
    lock.lock();
    try {
      dropped = stopped;
      if (!dropped) {
        items.add(item);
        runs = takeSlotAndStart(item);
        more = nextPull();
      }
    } finally {
      lock.unlock();
    }
    if (dropped) {
      drop(item, true);
    } else if (runs && !launch(item)) {
      if (more) {
        endPull(false);
      }
      return false;
    }
    return more;
  }

  private boolean takeSlotAndStart(ItemExecution<T, R> item) {
    if (item.hasSlot || slots.takeOrWait(item)) {
      markStarted(item);
      return true;
    }
    return false;
  }

  private void markStarted(ItemExecution<T, R> item) {
    if (!item.started) {
      item.started = true;
      counters.started++;
    }
  }

  /** The throttle has answered an item that waited in its queue, on a new thread. */
  private void onPermit(
      ItemExecution<T, R> item, @Nullable Permit permit, @Nullable Throwable failure) {
    Thread current = Thread.currentThread();
    boolean isNewThread = current.isVirtual() && !current.equals(item.attachedBy);
    try {
      boolean dropped;
      boolean runs = false;
      boolean pulls = false;
      if (permit != null) {
        item.granted(permit);
      }
      lock.lock();
      try {
        pull.queued--;
        item.queuedFor = null;
        dropped = stopped;
        if (!dropped && permit != null) {
          runs = takeSlotAndStart(item);
          pulls = beginPull(null);
        }
      } finally {
        lock.unlock();
      }
      if (dropped) {
        startHelper(() -> drop(item, false));
      } else if (permit == null) {
        boolean pullsHere = reject(item, Objects.requireNonNull(failure), false);
        if (pullsHere) {
          startPuller();
        }
      } else {
        if (pulls) {
          startPuller();
        }
        if (runs && isNewThread) {
          work(runHere(item));
        } else if (runs && !launch(item)) {
          runSpare();
        }
      }
    } catch (Throwable e) {
      fail(new IllegalStateException("the run broke: " + e, e));
    }
  }

  /** Starts the thread of an item. If none can be started, a spare thread must run it. */
  private boolean launch(ItemExecution<T, R> item) {
    try {
      time.start(THREAD_NAME, () -> work(runHere(item)));
      return true;
    } catch (RuntimeException | Error e) {
      List<Thread> woken;
      lock.lock();
      try {
        woken = spares.addWork(item);
      } finally {
        lock.unlock();
      }
      woken.forEach(time::unpark);
      return false;
    }
  }

  /** Runs an item that has no thread in a thread that is not of this run, as a last resort. */
  private void runSpare() {
    ItemExecution<T, R> item;
    lock.lock();
    try {
      item = spares.pollWork();
    } finally {
      lock.unlock();
    }
    if (item != null && runHere(item)) {
      startPuller();
    }
  }

  /** Wakes or starts items that have got a slot. */
  private void resume(List<ItemExecution<T, R>> assigned) {
    for (ItemExecution<T, R> item : assigned) {
      Thread thread = item.thread;
      if (thread != null) {
        time.unpark(thread);
      } else if (item.started) {
        launch(item);
      }
    }
  }

  /** Items that wait with a permit start with their slot. */
  private List<ItemExecution<T, R>> started(List<ItemExecution<T, R>> assigned) {
    for (ItemExecution<T, R> item : assigned) {
      if (item.permit != null) {
        markStarted(item);
      }
    }
    return assigned;
  }

  // Running and ending items.

  /** Runs an item to its end. True if this thread is the puller then. */
  private boolean runHere(ItemExecution<T, R> item) {
    Thread current = Thread.currentThread();
    item.thread = current;
    if (stopped) {
      current.interrupt();
    }
    Outcome<T, R> outcome = item.run();
    return finish(item, outcome, false);
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
    lock.lock();
    try {
      markStarted(item);
      counters.count(outcome);
      woken = results.add(outcome);
      items.remove(item);
      assigned = started(slots.release(item));
      helpers += reports ? 1 : 0;
      pulls = isPuller ? nextPull() : beginPull(Thread.currentThread());
      last = isOver();
    } finally {
      lock.unlock();
    }
    woken.forEach(time::unpark);
    resume(assigned);
    if (reports) {
      startHelper(this::report);
    }
    endIf(last);
    return pulls;
  }

  /** An item never starts, since the run was stopped. */
  private void drop(ItemExecution<T, R> item, boolean isPuller) {
    Permit permit = item.permit;
    if (permit != null) {
      permit.close();
    }
    unstarted.accept(item.item());
    List<ItemExecution<T, R>> assigned;
    boolean last;
    lock.lock();
    try {
      items.remove(item);
      assigned = started(slots.release(item));
      if (isPuller) {
        pull.end();
      }
      last = isOver();
    } finally {
      lock.unlock();
    }
    resume(assigned);
    endIf(last);
  }

  private void startHelper(Runnable help) {
    Runnable body =
        () -> {
          Thread current = Thread.currentThread();
          locked(() -> helperThreads.add(current));
          try {
            help.run();
          } finally {
            locked(() -> helperThreads.remove(current));
          }
        };
    try {
      time.start(THREAD_NAME, body);
    } catch (RuntimeException | Error e) {
      body.run();
    }
  }

  private void report() {
    try {
      reporter.report();
    } finally {
      boolean last;
      lock.lock();
      try {
        helpers--;
        last = isOver();
      } finally {
        lock.unlock();
      }
      endIf(last);
    }
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  // Attempts after the first one.

  @Override
  public void onAttemptEnd() {
    if (Thread.interrupted() && stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onThrottled() {
    locked(() -> counters.throttled++);
  }

  @Override
  public void backOff(ItemExecution<T, R> item, long nanos) throws InterruptedException {
    locked(() -> {
      counters.retries++;
      pull.backingOff++;
    });
    releaseSlot(item);
    try {
      time.sleep(Duration.ofNanos(nanos));
    } finally {
      locked(() -> pull.backingOff--);
    }
    if (!keyed) {
      awaitSlot(item);
    }
  }

  @Override
  public Permit acquire(ItemExecution<T, R> item, Throttle throttle, Cost cost)
      throws InterruptedException {
    if (keyed) {
      releaseSlot(item);
    }
    Permit permit = throttle.acquire(cost);
    try {
      if (keyed) {
        awaitSlot(item);
      }
      if (stopped) {
        throw new InterruptedException();
      }
      return permit;
    } catch (InterruptedException e) {
      permit.close();
      throw e;
    }
  }

  private void releaseSlot(ItemExecution<T, R> item) {
    List<ItemExecution<T, R>> assigned;
    boolean pulls;
    lock.lock();
    try {
      assigned = started(slots.release(item));
      pulls = beginPull(null);
    } finally {
      lock.unlock();
    }
    resume(assigned);
    if (pulls) {
      startPuller();
    }
  }

  /**
   * Waits for a slot in arrival order. An interrupt that does not come from {@link #stop} was meant
   * for an attempt that has ended.
   */
  private void awaitSlot(ItemExecution<T, R> item) throws InterruptedException {
    lock.lock();
    try {
      if (!stopped && slots.takeOrWait(item)) {
        return;
      }
    } finally {
      lock.unlock();
    }
    while (!item.hasSlot && !stopped) {
      time.park(this, TimeSource.NEVER);
      Thread.interrupted();
    }
    if (stopped) {
      locked(() -> slots.stopWaiting(item));
      throw new InterruptedException();
    }
  }

  // The end.

  /** There is credit that the engine waited for. Called by the reader. */
  private void onCredit() {
    boolean pulls;
    lock.lock();
    try {
      pulls = beginPull(null);
    } finally {
      lock.unlock();
    }
    if (pulls) {
      startPuller();
    }
  }

  /** Ends the run with a failure, unless it is stopped already. */
  private void fail(RuntimeException e) {
    List<Thread> woken = List.of();
    lock.lock();
    try {
      if (!stopped) {
        woken = results.fail(e);
      }
    } finally {
      lock.unlock();
    }
    woken.forEach(time::unpark);
    stop();
  }

  /** Starts no more items, and interrupts those that run. */
  void stop() {
    List<Thread> interrupted = new ArrayList<>();
    List<CompletableFuture<Permit>> cancelled = new ArrayList<>();
    List<ItemExecution<T, R>> dropped = new ArrayList<>();
    boolean last;
    lock.lock();
    try {
      if (stopped) {
        return;
      }
      stopped = true;
      items.forEach(item -> {
        Thread thread = item.thread;
        if (thread != null) {
          interrupted.add(thread);
        } else if (item.queuedFor != null) {
          cancelled.add(item.queuedFor);
        } else if (item.waitsForSlot && item.permit != null) {
          slots.stopWaiting(item);
          dropped.add(item);
        }
      });
      ItemExecution<T, R> pulledAhead = pull.dropWaiting();
      if (pulledAhead != null) {
        slots.stopWaiting(pulledAhead);
        dropped.add(pulledAhead);
      }
      if (pull.puller() != null) {
        interrupted.add(pull.puller());
      }
      interrupted.addAll(spares.wake());
      last = isOver();
    } finally {
      lock.unlock();
    }
    interrupted.forEach(Thread::interrupt);
    interrupted.forEach(time::unpark);
    cancelled.forEach(future -> future.cancel(false));
    dropped.forEach(item -> startHelper(() -> drop(item, false)));
    if (last) {
      startHelper(this::end);
    }
  }

  /** Whether nothing is left of the run; true once. */
  private boolean isOver() {
    boolean over =
        !ending
            && (stopped || pull.inputEnded)
            && !pull.isPulling()
            && helpers == 0
            && items.isEmpty();
    ending |= over;
    return over;
  }

  private void endIf(boolean last) {
    if (last) {
      end();
    }
  }

  private void end() {
    Thread.interrupted();
    locked(() -> {
      endingThread = Thread.currentThread();
      counters.end(time.nanoTime());
    });
    reporter.reportEnd();
    InputException notClosed = null;
    try {
      input.close();
    } catch (InputException e) {
      notClosed = e;
    }
    List<Thread> woken;
    lock.lock();
    try {
      woken = new ArrayList<>(results.end(notClosed));
      woken.addAll(spares.wake());
    } finally {
      lock.unlock();
    }
    woken.forEach(time::unpark);
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
    lock.lock();
    try {
      found[0] |=
          thread.equals(pull.puller())
              || thread.equals(endingThread)
              || helperThreads.contains(thread);
      items.forEach(item -> found[0] |= thread.equals(item.thread));
      return found[0];
    } finally {
      lock.unlock();
    }
  }
}
