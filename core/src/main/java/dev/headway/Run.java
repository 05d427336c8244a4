package dev.headway;

import dev.headway.throttle.spi.SpinLock;
import dev.headway.time.TimeSource;
import java.util.List;
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
 * reader holds the run back. The reader fetches all outcomes that there are at a time, and has room
 * made as it hands them out.
 *
 * <p>A run ends when the input is exhausted, when it fails or when somebody stops it: then no turn
 * is taken any more, each worker leaves when it has published its outcome, and the last one closes
 * the input. Whoever reads or closes waits for that.
 *
 * <p>The crew's guard guards what has become of the items too: so a worker publishes an outcome and
 * takes the next turn in one go. Nobody waits or runs a user's code under it. All waiting is
 * parking, by the throttle's time.
 */
final class Run<T extends @Nullable Object, R extends @Nullable Object> {

  /** How many unread outcomes there is room for at least. */
  private static final int LEAST_UNREAD = 16;

  private final Plan plan;
  private final Input<T> input;
  private final Task<? super T, ? extends R> task;
  private final Consumer<? super T> unstarted;
  private final TimeSource time;
  private final Origin origin;
  private final Ticker ticker;
  private final Room room;
  private final Alone shortTasks = new Alone();
  private final Crew crew;
  private final SpinLock guard;
  private final Tally tally;
  private final Outbox<T, R> outbox;
  private volatile boolean exhausted;

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
    this.origin = Origin.now(time);
    long most = (long) plan.atOnce() + Math.max(plan.atOnce(), LEAST_UNREAD);
    this.room = new Room(most);
    this.crew = new Crew(plan.atOnce(), room, shortTasks, time, this::work);
    this.guard = crew.guard;
    this.tally = new Tally(input.size(), origin.nanos());
    this.outbox = new Outbox<>(guard, time, tally, plan.ordered());
    this.ticker = new Ticker(plan, outbox::progress);
  }

  void begin() {
    crew.begin();
  }

  Reader<T, R> reader() {
    return new Reader<>(outbox, crew, room, shortTasks, time);
  }

  private void work(Worker worker) {
    try {
      Leader leader = new Leader(worker);
      boolean hasTurn = crew.takeTurn(worker);
      while (hasTurn) {
        hasTurn = pullAndWork(leader);
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
   * Pulls an item, works on it and takes the next turn. An interrupt that is pending afterwards is
   * of no further use: the crew knows whether it has been stopped.
   *
   * @return false if there is no item, or no turn to be taken
   */
  private boolean pullAndWork(Leader leader) {
    if (!input.hasNext()) {
      endOfInput(leader);
      return false;
    }
    T item = input.next();
    long index = tally.pulled();
    if (!crew.takePlace(leader.worker)) {
      Thread.interrupted();
      unstarted.accept(item);
      return false;
    }
    leader.started = false;
    Attempts<T, R> attempts =
        new Attempts<>(plan, origin, task, item, index, leader, leader.now(input.isAtHand()));
    Outcome<T, R> outcome = attempts.run();
    leader.ended = attempts.now();
    Thread.interrupted();
    if (!leader.started) {
      unstarted.accept(item);
      Thread.interrupted();
    }
    return publish(outcome, leader, attempts.tookNanos());
  }

  private void endOfInput(Leader leader) {
    List<Worker> placed;
    guard.lock();
    try {
      exhausted = !crew.isStopped();
      placed = crew.leavePlace(leader.worker);
    } finally {
      guard.unlock();
    }
    crew.perform(placed);
    crew.dismiss();
  }

  /** Ends the run with a failure. One that comes of stopping it is nobody's business. */
  private void fail(RuntimeException e) {
    outbox.fail(e, crew);
    crew.stop();
  }

  /** The worker that has the turn, until it makes its first attempt. */
  private final class Leader implements Attempts.Host {

    private final Worker worker;
    private boolean started;

    /** When it ended its last attempt, if it had the next turn at once; otherwise negative. */
    private long ended = -1;

    Leader(Worker worker) {
      this.worker = worker;
    }

    /** The instant, without a look at the clock where it was looked at just before. */
    long now(boolean itemWasAtHand) {
      return itemWasAtHand && ended >= 0 ? ended : time.nanoTime();
    }

    @Override
    public boolean starts() throws InterruptedException {
      if (crew.isStopped()) {
        throw new InterruptedException();
      }
      if (!started) {
        started = true;
        tally.started();
        return crew.passTurn();
      }
      return false;
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
      outbox.count(() -> tally.throttled++);
    }

    @Override
    public void backOff(long nanos) throws InterruptedException {
      outbox.count(() -> tally.retries++);
      crew.backOff(worker, nanos);
    }
  }

  /**
   * Keeps an outcome for the reader, unless its item was stopped before it started, and takes the
   * next turn.
   */
  private boolean publish(Outcome<T, R> outcome, Leader leader, long tookNanos) {
    boolean tells = ticker.isDue();
    boolean hasTurn;
    List<Thread> told = List.of();
    List<Worker> called;
    guard.lock();
    try {
      if (leader.started || !crew.isStopped()) {
        if (!leader.started) {
          tally.started();
        }
        told = outbox.add(outcome);
      }
      called = crew.leavePlace(leader.worker);
      if (!leader.started) {
        called = crew.turnBack(called);
      }
      crew.hasWorkedFor(tookNanos);
      hasTurn = !tells && crew.tryTakeTurn(leader.worker);
    } finally {
      guard.unlock();
    }
    if (!told.isEmpty() || !called.isEmpty()) {
      told.forEach(time::unpark);
      crew.perform(called);
      leader.ended = -1;
    }
    if (tells) {
      crew.stepAside();
      ticker.tick();
      crew.stepBack();
    }
    if (!hasTurn) {
      leader.ended = -1;
      hasTurn = crew.takeTurn(leader.worker);
    }
    return hasTurn;
  }

  /** Done by the last worker, when there is nobody else. */
  private void end() {
    Thread.interrupted();
    outbox.count(() -> tally.end(time.nanoTime()));
    ticker.end();
    InputException notClosed = null;
    try {
      input.close();
    } catch (InputException e) {
      notClosed = e;
    }
    outbox.end(notClosed);
  }

  /** Starts nothing any more, and interrupts what runs. */
  void stop() {
    crew.stop();
  }

  /** Whether all items have been pulled. */
  boolean isExhausted() {
    return exhausted;
  }

  /** The first that have failed. */
  List<Outcome.Failure<T, R>> failures() {
    return outbox.failures();
  }

  Progress progress() {
    return outbox.progress();
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
    while (!outbox.hasEnded(current)) {
      time.park(this, TimeSource.NEVER);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      current.interrupt();
    }
  }
}
