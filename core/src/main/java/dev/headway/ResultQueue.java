package dev.headway;

import dev.headway.throttle.spi.SpinLock;
import dev.headway.time.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue between a run and its reader, in order of completion or of the input.
 *
 * <p>It is bounded by credit, as in Reactive Streams: the engine takes a credit for each item that
 * it pulls, and the reader returns one for each outcome that it hands out. The reader takes all
 * outcomes that are ready at once, so it takes the lock once per batch. It returns credit without
 * the lock, some at a time and all before it waits, and calls the engine only if the engine has
 * found no credit left.
 *
 * <p>The queue also tells the reader how the run ended: its failure is thrown once, as soon as the
 * reader comes; a failure to close the input is thrown once, at the end.
 *
 * <p>The engine's lock guards it, so that one critical section ends an item and publishes its
 * outcome.
 */
final class ResultQueue<T extends @Nullable Object, R extends @Nullable Object> {

  private static final VarHandle RETURNED;
  private static final int INITIAL_RING = 16;

  static {
    try {
      RETURNED = MethodHandles.lookup().findVarHandle(ResultQueue.class, "returned", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final SpinLock lock;
  private final TimeSource time;
  private final boolean ordered;
  private final long room;
  private final Runnable onCredit;
  private final int creditBatch;

  // Guarded by the lock.

  /** Outcomes in order of completion, where the run is not ordered. */
  private ArrayDeque<Outcome<T, R>> completed = new ArrayDeque<>();

  /** Outcomes by index from {@link #nextIndex} on, where the run is ordered. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // holds outcomes of this run only
  private @Nullable Outcome<T, R>[] ring = new Outcome[INITIAL_RING];

  private long nextIndex;
  private int inRing;
  private long creditTaken;

  /** The first that failed. */
  private final List<Outcome.Failure<T, R>> failures = new ArrayList<>();

  /** The threads that wait for outcomes or for the end. */
  private final List<Thread> waiting = new ArrayList<>();

  private boolean ended;
  private @Nullable InputException closeFailure;
  private volatile @Nullable RuntimeException failure;

  // Shared without the lock.

  /** How many credits the reader has returned. */
  @SuppressWarnings("unused") // through RETURNED
  private volatile long returned;

  /** Whether the engine has found no credit left, and waits for some. */
  private volatile boolean creditWanted;

  // The reader's own.

  private ArrayDeque<Outcome<T, R>> batch = new ArrayDeque<>();
  private int unreturned;

  /**
   * Creates an empty queue.
   *
   * @param room the most outcomes and pulled items at a time
   * @param creditBatch how many credits the reader returns at a time while there are outcomes
   * @param onCredit called by the reader's thread when there is credit that the engine waits for
   */
  ResultQueue(
      SpinLock lock,
      TimeSource time,
      boolean ordered,
      long room,
      int creditBatch,
      Runnable onCredit) {
    this.lock = lock;
    this.time = time;
    this.ordered = ordered;
    this.room = room;
    this.creditBatch = creditBatch;
    this.onCredit = onCredit;
  }

  /** Whether there is a credit; if not, {@code onCredit} is called when there is. */
  boolean hasCredit() {
    if (creditTaken - returned < room) {
      return true;
    }
    creditWanted = true;
    return creditTaken - returned < room;
  }

  void takeCredit() {
    creditTaken++;
  }

  /** The item that the credit was taken for gives no outcome. */
  void returnUnusedCredit() {
    creditTaken--;
  }

  /** Adds an outcome. The threads that it returns must be woken outside of the lock. */
  List<Thread> add(Outcome<T, R> outcome) {
    if (outcome instanceof Outcome.Failure<T, R> failed
        && failures.size() < Results.MOST_FAILURES) {
      failures.add(failed);
    }
    if (!ordered) {
      completed.add(outcome);
      return waiters();
    }
    while (outcome.index() - nextIndex >= ring.length) {
      growRing();
    }
    ring[slot(outcome.index())] = outcome;
    inRing++;
    return outcome.index() == nextIndex ? waiters() : List.of();
  }

  private int slot(long index) {
    return (int) (index & (ring.length - 1));
  }

  private void growRing() {
    @Nullable Outcome<T, R>[] former = ring;
    ring = Arrays.copyOf(former, 2 * former.length);
    Arrays.fill(ring, null);
    for (Outcome<T, R> outcome : former) {
      if (outcome != null) {
        ring[slot(outcome.index())] = outcome;
      }
    }
  }

  private List<Thread> waiters() {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<Thread> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  /** The run has failed. The threads that it returns must be woken outside of the lock. */
  List<Thread> fail(RuntimeException e) {
    failure = e;
    return waiters();
  }

  /** No more outcomes come. The threads that it returns must be woken outside of the lock. */
  List<Thread> end(@Nullable InputException notClosed) {
    closeFailure = notClosed;
    ended = true;
    return waiters();
  }

  /** The first that failed; a copy. */
  List<Outcome.Failure<T, R>> failures() {
    lock.lock();
    try {
      return List.copyOf(failures);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next outcome; null if no more come. Called by one thread at a time.
   *
   * @throws InputException once, as soon as the input has failed, or at the end if it has failed to
   *     close
   */
  @Nullable Outcome<T, R> take() throws InterruptedException {
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (failure != null) {
        throwFailure();
      }
      Outcome<T, R> outcome = batch.poll();
      if (outcome != null) {
        returnCredit();
        return outcome;
      }
      if (!fetch() && isOver()) {
        return null;
      }
    }
  }

  private void returnCredit() {
    if (++unreturned >= creditBatch) {
      flushCredit();
    }
  }

  private void flushCredit() {
    if (unreturned > 0) {
      RETURNED.setVolatile(this, returned + unreturned);
      unreturned = 0;
    }
    if (creditWanted) {
      creditWanted = false;
      onCredit.run();
    }
  }

  /** Takes all outcomes that are ready, or waits. False if none come or the run has failed. */
  private boolean fetch() {
    flushCredit();
    lock.lock();
    try {
      moveReady();
      if (!batch.isEmpty() || ended || failure != null) {
        return !batch.isEmpty();
      }
      await();
    } finally {
      lock.unlock();
    }
    time.park(this, TimeSource.NEVER);
    return true;
  }

  private void await() {
    Thread current = Thread.currentThread();
    if (!waiting.contains(current)) {
      waiting.add(current);
    }
  }

  /** At the end, passes over the items that never started. */
  private void moveReady() {
    if (!ordered) {
      ArrayDeque<Outcome<T, R>> emptied = batch;
      batch = completed;
      completed = emptied;
      return;
    }
    while (inRing > 0) {
      int slot = slot(nextIndex);
      Outcome<T, R> outcome = ring[slot];
      if (outcome == null && !ended) {
        return;
      }
      if (outcome != null) {
        ring[slot] = null;
        inRing--;
        batch.add(outcome);
      }
      nextIndex++;
    }
  }

  private boolean isOver() {
    lock.lock();
    try {
      if (failure == null && ended && closeFailure != null) {
        InputException thrown = closeFailure;
        closeFailure = null;
        throw thrown;
      }
      return ended && failure == null && completed.isEmpty() && inRing == 0;
    } finally {
      lock.unlock();
    }
  }

  private void throwFailure() {
    lock.lock();
    try {
      RuntimeException thrown = failure;
      failure = null;
      if (thrown != null) {
        throw thrown;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the end, even if interrupted; the interrupt is then pending.
   *
   * @throws InputException once, if the input has failed to close
   */
  void awaitEnd() {
    boolean interrupted = false;
    while (!hasEnded()) {
      time.park(this, TimeSource.NEVER);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean hasEnded() {
    lock.lock();
    try {
      if (!ended) {
        await();
        return false;
      }
      InputException thrown = closeFailure;
      closeFailure = null;
      if (thrown != null) {
        throw thrown;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
