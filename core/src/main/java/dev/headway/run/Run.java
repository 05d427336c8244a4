package dev.headway.run;

import dev.headway.InputException;
import dev.headway.Outcome;
import dev.headway.Progress;
import dev.headway.Results;
import dev.headway.Task;
import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Drives many tasks through a throttle: the engine behind every face of a run.
 *
 * <p>The algorithm. A {@link Crew} of at most {@code atOnce} workers shares one turn. Whoever has
 * the turn pulls the next item from the input and stands in line for its permit; once that is
 * granted it passes the turn on and does the work. So items start in input order, only one item at
 * a time has been pulled and not started, and the input is never iterated by two threads.
 *
 * <p>A turn needs room for one more outcome, which the reader makes by reading one. So a slow
 * reader holds the run back.
 *
 * <p>A run ends when the input is exhausted, when it fails or when somebody stops it: then no turn
 * is taken any more, each worker leaves when it has published its outcome, and the last one closes
 * the input. Whoever reads or closes waits for that.
 *
 * <p>The lock guards what has become of the items, for a moment at a time; nobody waits or runs a
 * user's code under it. All waiting is parking, by the throttle's time.
 */
final class Run<T extends @Nullable Object, R extends @Nullable Object> {

  /** How many unread outcomes there is room for at least. */
  private static final int LEAST_UNREAD = 16;

  private final Plan plan;
  private final Input<T> input;
  private final Task<? super T, ? extends R> task;
  private final Consumer<? super T> unstarted;
  private final TimeSource time;
  private final Ticker ticker;
  private final Crew crew;

  /** How many items have been pulled. Belongs to whoever has the turn. */
  private long pulled;

  private final ReentrantLock lock = new ReentrantLock();
  private final Buffer<T, R> buffer;
  private final Tally tally;

  /** The first that failed. */
  private final List<Outcome.Failure<T, R>> failures = new ArrayList<>();

  /** Those that wait for outcomes or for the end. */
  private final Set<Thread> waiting = new HashSet<>();

  private boolean exhausted;
  private boolean ended;

  /** Why the run was ended, until it has been told. */
  private @Nullable RuntimeException failure;

  /** Why the input could not be closed, until it has been told. */
  private @Nullable InputException unclosed;

  /**
   * Creates a run that has not begun.
   *
   * @param unstarted gets each item that has been pulled and will never start
   */
  Run(Plan plan, Input<T> input, Task<? super T, ? extends R> task, Consumer<? super T> unstarted) {
    this.plan = plan;
    this.input = input;
    this.task = task;
    this.unstarted = unstarted;
    this.time = plan.throttle().timeSource();
    long room = (long) plan.atOnce() + Math.max(plan.atOnce(), LEAST_UNREAD);
    this.crew = new Crew(lock, plan.atOnce(), room, time, this::work);
    this.buffer = plan.ordered() ? new Buffer.Ordered<>() : new Buffer.AsCompleted<>();
    this.tally = new Tally(input.size(), time.nanoTime());
    this.ticker = new Ticker(plan, this::progress);
  }

  void begin() {
    crew.begin();
  }

  private void work() {
    try {
      while (crew.takeTurn() && pullAndWork()) {
        Thread.interrupted();
      }
    } catch (InputException e) {
      fail(e);
    } catch (Throwable e) {
      fail(new IllegalStateException("the run broke: " + e, e));
    } finally {
      if (!crew.leaveUnlessLast()) {
        end();
      }
    }
  }

  /**
   * Pulls an item and works on it. An interrupt that is pending afterwards is of no further use:
   * the crew knows whether it has been stopped.
   *
   * @return false if there was no item, or it is not to be started
   */
  private boolean pullAndWork() {
    if (!input.hasNext()) {
      endOfInput();
      return false;
    }
    T item = input.next();
    Leader leader = new Leader();
    long index = pulled++;
    if (!crew.takePlace()) {
      Thread.interrupted();
      unstarted.accept(item);
      return false;
    }
    Outcome<T, R> outcome = new Attempts<T, R>(plan, task, item, index, leader).run();
    Thread.interrupted();
    if (!leader.started) {
      unstarted.accept(item);
      Thread.interrupted();
    }
    publish(outcome, leader);
    return true;
  }

  private void endOfInput() {
    lock.lock();
    try {
      exhausted = !crew.isStopped();
    } finally {
      lock.unlock();
    }
    crew.dismiss();
  }

  /** Ends the run with a failure. One that comes of stopping it is nobody's business. */
  private void fail(RuntimeException e) {
    lock.lock();
    try {
      if (!crew.isStopped()) {
        failure = e;
        wakeWaiting();
      }
    } finally {
      lock.unlock();
    }
    crew.stop();
  }

  /** The worker that has the turn, until it makes its first attempt. */
  private final class Leader implements Attempts.Host {

    private boolean started;

    @Override
    public void starts() throws InterruptedException {
      if (crew.isStopped()) {
        throw new InterruptedException();
      }
      if (!started) {
        started = true;
        lock.lock();
        try {
          tally.started++;
          crew.passTurn();
        } finally {
          lock.unlock();
        }
      }
    }

    /** What a task has done to its thread's interrupt must not harm its retry. */
    @Override
    public void ended() {
      if (Thread.interrupted() && crew.isStopped()) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void throttled() {
      count(() -> tally.throttled++);
    }

    @Override
    public void backOff(long nanos) throws InterruptedException {
      count(() -> tally.retries++);
      crew.backOff(nanos);
    }
  }

  private void count(Runnable counting) {
    lock.lock();
    try {
      counting.run();
    } finally {
      lock.unlock();
    }
  }

  /** Keeps an outcome for the reader, unless its item was stopped before it started. */
  private void publish(Outcome<T, R> outcome, Leader leader) {
    lock.lock();
    try {
      if (leader.started || !crew.isStopped()) {
        tally.started += leader.started ? 0 : 1;
        tally.count(outcome);
        keepFailure(outcome);
        buffer.add(outcome);
        wakeWaiting();
      }
      crew.leavePlace();
      if (!leader.started) {
        crew.passTurn();
      }
    } finally {
      lock.unlock();
    }
    if (ticker.isDue()) {
      crew.stepAside();
      ticker.tick();
      crew.stepBack();
    }
  }

  private void keepFailure(Outcome<T, R> outcome) {
    if (outcome instanceof Outcome.Failure<T, R> failed
        && failures.size() < Results.MOST_FAILURES) {
      failures.add(failed);
    }
  }

  /** The first that have failed. */
  List<Outcome.Failure<T, R>> failures() {
    lock.lock();
    try {
      return List.copyOf(failures);
    } finally {
      lock.unlock();
    }
  }

  /** Done by the last worker, when there is nobody else. */
  private void end() {
    Thread.interrupted();
    count(() -> tally.end(time.nanoTime()));
    ticker.end();
    InputException notClosed = null;
    try {
      input.close();
    } catch (InputException e) {
      notClosed = e;
    }
    lock.lock();
    try {
      unclosed = notClosed;
      ended = true;
      wakeWaiting();
    } finally {
      lock.unlock();
    }
  }

  private void wakeWaiting() {
    waiting.forEach(time::unpark);
  }

  /**
   * Waits for the next outcome; null if there will be none.
   *
   * @throws InputException once, as soon as the input has failed, or at the end if it has failed to
   *     close
   */
  @Nullable Outcome<T, R> next() throws InterruptedException {
    Thread current = Thread.currentThread();
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      lock.lock();
      try {
        waiting.remove(current);
        throwFailure();
        Outcome<T, R> outcome = ended ? buffer.pollLast() : buffer.poll();
        if (outcome != null) {
          crew.makeRoom();
          return outcome;
        }
        if (ended) {
          throwUnclosed();
          return null;
        }
        waiting.add(current);
      } finally {
        lock.unlock();
      }
      time.park(this, TimeSource.NEVER);
    }
  }

  private void throwFailure() {
    RuntimeException told = failure;
    failure = null;
    if (told != null) {
      throw told;
    }
  }

  private void throwUnclosed() {
    InputException told = unclosed;
    unclosed = null;
    if (told != null) {
      throw told;
    }
  }

  /** Starts nothing any more, and interrupts what runs. */
  void stop() {
    crew.stop();
  }

  boolean isStopped() {
    return crew.isStopped();
  }

  /** Whether all items have been pulled. */
  boolean isExhausted() {
    lock.lock();
    try {
      return exhausted;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stops and waits for the end; a worker, which cannot wait for its own end, only stops.
   *
   * @throws InputException once, if the input has failed to close
   */
  void close() {
    crew.stop();
    Thread current = Thread.currentThread();
    if (crew.contains(current)) {
      return;
    }
    boolean interrupted = false;
    while (!hasEnded(current)) {
      time.park(this, TimeSource.NEVER);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      current.interrupt();
    }
  }

  /** Whether all has ended; if not, the thread that asks will be woken when it has. */
  private boolean hasEnded(Thread asking) {
    lock.lock();
    try {
      if (ended) {
        waiting.remove(asking);
        throwUnclosed();
      } else {
        waiting.add(asking);
      }
      return ended;
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
