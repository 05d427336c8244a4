package dev.headway.run;

import dev.headway.InputException;
import dev.headway.Outcome;
import dev.headway.Progress;
import dev.headway.Task;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Drives many tasks through a throttle: the engine behind every face of a run.
 *
 * <p>The algorithm is leader and followers (Schmidt and others, 2000). Up to {@code atOnce} workers,
 * each a virtual thread, share one turn. Whoever has the turn pulls the next item from the input and
 * stands in line for its permit; once that is granted it passes the turn on and does the work. So
 * items start in input order, only one item at a time has been pulled and not started, the input is
 * never iterated by two threads, and no thread is started an item: a worker that finishes takes the
 * next turn, and another is hired only while the turn is free and all others are at work.
 *
 * <p>Nobody takes the turn while as many outcomes are under way or unread as there is room for, so a
 * slow reader holds the run back. A worker that backs off before a retry does not count among those
 * at once; before it goes on it takes the place of one that has finished its task.
 *
 * <p>The lock guards this object's fields, for a moment at a time; nobody waits or runs a user's code
 * under it. All waiting is parking, by the throttle's time.
 */
final class Run<T extends @Nullable Object, R extends @Nullable Object> {

  /** How many unread outcomes there is room for at least. */
  private static final int LEAST_UNREAD = 16;

  private final Plan plan;
  private final Input<T> input;
  private final Task<? super T, ? extends R> task;
  private final TimeSource time;
  private final Ticker ticker;

  /** How many items may be pulled whose outcomes have not been read. */
  private final long room;

  private final ReentrantLock lock = new ReentrantLock();
  private final Buffer<T, R> buffer;
  private final Tally tally;

  /** All workers that live. */
  private final Set<Thread> workers = new HashSet<>();

  /** Workers that have nothing to do until the turn is free. */
  private final Queue<Thread> idle = new ArrayDeque<>();

  /** Workers that have backed off and want to go on. */
  private final Queue<Rested> rested = new ArrayDeque<>();

  /** Workers that live and do not back off: at most as many as may run at once. */
  private int active;

  private boolean turnTaken;
  private boolean waking;
  private boolean exhausted;
  private boolean stopping;
  private long pulled;
  private long unread;
  private @Nullable InputException inputFailure;
  private @Nullable Thread reader;
  private @Nullable Thread closer;

  /** A worker that wants to go on, until it may. */
  private static final class Rested {
    final Thread thread = Thread.currentThread();
    boolean mayGoOn;
  }

  Run(Plan plan, Input<T> input, Task<? super T, ? extends R> task) {
    this.plan = plan;
    this.input = input;
    this.task = task;
    this.time = plan.throttle().timeSource();
    this.room = (long) plan.atOnce() + Math.max(plan.atOnce(), LEAST_UNREAD);
    this.buffer = plan.ordered() ? new Buffer.Ordered<>() : new Buffer.AsCompleted<>();
    this.tally = new Tally(input.size(), time.nanoTime());
    this.ticker = new Ticker(plan, this::progress);
  }

  void begin() {
    lock.lock();
    try {
      hire();
    } finally {
      lock.unlock();
    }
  }

  /** Sees to it that somebody takes the turn, if it is free and there is room. Under the lock. */
  private void hire() {
    if (turnTaken || waking || exhausted || stopping || unread >= room) {
      return;
    }
    Thread follower = idle.poll();
    if (follower != null) {
      waking = true;
      time.unpark(follower);
    } else if (active < plan.atOnce()) {
      active++;
      waking = true;
      workers.add(time.start("headway-run-" + workers.size(), this::work));
    }
  }

  private void work() {
    try {
      boolean first = true;
      while (takeTurn(first)) {
        first = false;
        if (!pullAndWork()) {
          break;
        }
        clearInterrupt();
      }
    } finally {
      leave();
    }
  }

  /** Waits for the turn. False if there will be none for this worker. */
  private boolean takeTurn(boolean hired) {
    boolean woken = hired;
    while (true) {
      lock.lock();
      try {
        if (woken) {
          waking = false;
        }
        if (stopping || exhausted || handOver()) {
          return false;
        }
        if (!turnTaken && unread < room) {
          turnTaken = true;
          unread++;
          return true;
        }
        idle.add(Thread.currentThread());
      } finally {
        lock.unlock();
      }
      woken = parkWhileIdle();
    }
  }

  /** Parks until taken off the list of the idle. */
  private boolean parkWhileIdle() {
    Thread current = Thread.currentThread();
    while (true) {
      lock.lock();
      try {
        if (!idle.contains(current)) {
          return true;
        }
        if (stopping || exhausted || !rested.isEmpty()) {
          idle.remove(current);
          return false;
        }
      } finally {
        lock.unlock();
      }
      time.park(this, TimeSource.NEVER);
    }
  }

  /** Gives this worker's place to one that has backed off, if there is one. Under the lock. */
  private boolean handOver() {
    Rested next = rested.poll();
    if (next == null) {
      return false;
    }
    active++;
    next.mayGoOn = true;
    time.unpark(next.thread);
    return true;
  }

  /** Pulls an item and works on it. False if there was none. */
  private boolean pullAndWork() {
    T item;
    long index;
    try {
      if (!input.hasNext()) {
        endOfInput(null);
        return false;
      }
      item = input.next();
    } catch (InputException e) {
      endOfInput(e);
      return false;
    }
    lock.lock();
    try {
      index = pulled++;
    } finally {
      lock.unlock();
    }
    Leader leader = new Leader();
    Outcome<T, R> outcome = new Attempts<T, R>(plan, task, item, index, leader).run();
    leader.passTurn();
    publish(outcome, leader.started);
    return true;
  }

  private void endOfInput(@Nullable InputException failure) {
    lock.lock();
    try {
      exhausted = true;
      turnTaken = false;
      unread--;
      inputFailure = failure;
      idle.forEach(time::unpark);
      wakeReader();
    } finally {
      lock.unlock();
    }
    if (failure != null) {
      stop();
    }
  }

  /** The worker that has the turn, until its first permit is granted. */
  private final class Leader implements Attempts.Host {

    private boolean passed;
    private boolean started;

    @Override
    public void started() {
      started = true;
      passTurn();
    }

    /** Passes the turn on, once. */
    void passTurn() {
      if (passed) {
        return;
      }
      passed = true;
      lock.lock();
      try {
        if (started) {
          tally.started++;
        }
        turnTaken = false;
        hire();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void throttled() {
      lock.lock();
      tally.throttled++;
      lock.unlock();
    }

    @Override
    public void backOff(long nanos) throws InterruptedException {
      lock.lock();
      try {
        tally.retries++;
        active--;
        hire();
      } finally {
        lock.unlock();
      }
      try {
        time.sleep(Duration.ofNanos(nanos));
      } finally {
        goOn();
      }
    }
  }

  /** Waits until a worker that has backed off is one of those that may run at once again. */
  private void goOn() throws InterruptedException {
    Rested me = new Rested();
    lock.lock();
    try {
      if (active < plan.atOnce() || stopping) {
        active++;
        return;
      }
      rested.add(me);
      Thread follower = idle.peek();
      if (follower != null) {
        time.unpark(follower);
      }
    } finally {
      lock.unlock();
    }
    while (true) {
      lock.lock();
      try {
        if (me.mayGoOn) {
          return;
        }
        if (stopping) {
          rested.remove(me);
          active++;
          throw new InterruptedException();
        }
      } finally {
        lock.unlock();
      }
      time.park(this, TimeSource.NEVER);
    }
  }

  private void publish(Outcome<T, R> outcome, boolean started) {
    lock.lock();
    try {
      if (!started && stopping) {
        unread--;
      } else {
        tally.count(outcome);
        buffer.add(outcome);
      }
      wakeReader();
    } finally {
      lock.unlock();
    }
    ticker.tick();
  }

  /** What a task has done to its thread's interrupt is not the next one's business. */
  private void clearInterrupt() {
    if (Thread.interrupted() && isStopping()) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isStopping() {
    lock.lock();
    try {
      return stopping;
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      workers.remove(Thread.currentThread());
      active--;
      if (!stopping) {
        handOver();
      }
      wakeReader();
      if (closer != null) {
        time.unpark(closer);
      }
    } finally {
      lock.unlock();
    }
  }

  private void wakeReader() {
    if (reader != null) {
      time.unpark(reader);
    }
  }

  /** Waits for the next outcome; null if there will be none. */
  @Nullable Outcome<T, R> next() throws InterruptedException {
    Thread current = Thread.currentThread();
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      lock.lock();
      try {
        reader = null;
        Outcome<T, R> outcome = over() ? buffer.pollLast() : buffer.poll();
        if (outcome != null) {
          unread--;
          hire();
          return outcome;
        }
        if (inputFailure != null) {
          throw inputFailure;
        }
        if (over()) {
          return null;
        }
        reader = current;
      } finally {
        lock.unlock();
      }
      time.park(this, TimeSource.NEVER);
    }
  }

  /** Whether nothing will be published any more. Under the lock. */
  private boolean over() {
    return workers.isEmpty() && (exhausted || stopping);
  }

  /** Whether this run was stopped before all was done. */
  boolean isCutShort() {
    lock.lock();
    try {
      return stopping && !exhausted;
    } finally {
      lock.unlock();
    }
  }

  /** Starts nothing any more, and interrupts what runs. */
  void stop() {
    List<Thread> interrupted;
    lock.lock();
    try {
      if (stopping) {
        return;
      }
      stopping = true;
      interrupted = List.copyOf(workers);
    } finally {
      lock.unlock();
    }
    interrupted.forEach(Thread::interrupt);
    interrupted.forEach(time::unpark);
  }

  /** Stops, waits until no task is alive, and closes the input. */
  void close() {
    stop();
    boolean interrupted = false;
    while (!isQuiet()) {
      time.park(this, TimeSource.NEVER);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    ticker.end();
    input.close();
  }

  /** Whether no worker lives but the one that asks. */
  private boolean isQuiet() {
    Thread current = Thread.currentThread();
    lock.lock();
    try {
      closer = current;
      return workers.isEmpty() || (workers.size() == 1 && workers.contains(current));
    } finally {
      lock.unlock();
    }
  }

  Progress progress() {
    lock.lock();
    try {
      return tally.progress(time.nanoTime());
    } finally {
      lock.unlock();
    }
  }
}
