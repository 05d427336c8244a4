package dev.headway;

import dev.headway.throttle.spi.SpinLock;
import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What has become of a run and its items, and who waits to hear of it. It belongs to the crew's
 * guard, so that a worker can publish an outcome and take the next turn in one go.
 */
final class Outbox<T extends @Nullable Object, R extends @Nullable Object> {

  final Tally tally;

  private final SpinLock guard;
  private final TimeSource time;
  private final Buffer<T, R> buffer;

  /** The first that failed. */
  private final List<Outcome.Failure<T, R>> failures = new ArrayList<>();

  /** Those that wait for outcomes or for the end. */
  private final Set<Thread> waiting = new HashSet<>();

  private boolean ended;

  /** Why the run was ended, until it has been told. */
  private volatile @Nullable RuntimeException failure;

  /** Why the input could not be closed, until it has been told. */
  private @Nullable InputException unclosed;

  Outbox(SpinLock guard, TimeSource time, Tally tally, boolean ordered) {
    this.guard = guard;
    this.time = time;
    this.tally = tally;
    this.buffer = ordered ? new Buffer.Ordered<>() : new Buffer.AsCompleted<>();
  }

  /** Keeps an outcome for the reader. Under the guard; whom it returns must be woken outside. */
  List<Thread> add(Outcome<T, R> outcome) {
    tally.count(outcome);
    if (outcome instanceof Outcome.Failure<T, R> failed
        && failures.size() < Results.MOST_FAILURES) {
      failures.add(failed);
    }
    buffer.add(outcome);
    return waiting();
  }

  /** Those that are to be woken, who wait no longer. Under the guard. */
  private List<Thread> waiting() {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<Thread> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  /** Counts something. */
  void count(Runnable counting) {
    guard.lock();
    try {
      counting.run();
    } finally {
      guard.unlock();
    }
  }

  /** The run has failed, unless somebody has stopped it before. */
  void fail(RuntimeException e, Crew crew) {
    List<Thread> told = List.of();
    guard.lock();
    try {
      if (!crew.isStopped()) {
        failure = e;
        told = waiting();
      }
    } finally {
      guard.unlock();
    }
    told.forEach(time::unpark);
  }

  /** Nothing will come any more. */
  void end(@Nullable InputException notClosed) {
    List<Thread> told;
    guard.lock();
    try {
      unclosed = notClosed;
      ended = true;
      told = waiting();
    } finally {
      guard.unlock();
    }
    told.forEach(time::unpark);
  }

  /** The first that have failed. */
  List<Outcome.Failure<T, R>> failures() {
    guard.lock();
    try {
      return List.copyOf(failures);
    } finally {
      guard.unlock();
    }
  }

  Progress progress() {
    guard.lock();
    try {
      return tally.progress(time.nanoTime());
    } finally {
      guard.unlock();
    }
  }

  /**
   * Takes out all that can be read now.
   *
   * @param emptied a queue with nothing in it, to be used again
   * @param orWaits whether the current thread is to be woken where there is nothing yet
   * @return empty if it is too early, or if {@link #isOver}
   */
  Queue<Outcome<T, R>> fetch(Queue<Outcome<T, R>> emptied, boolean orWaits) {
    guard.lock();
    try {
      Queue<Outcome<T, R>> fetched = buffer.takeAll(emptied, ended);
      if (orWaits && fetched.isEmpty() && !ended && failure == null) {
        waiting.add(Thread.currentThread());
      }
      return fetched;
    } finally {
      guard.unlock();
    }
  }

  /**
   * Whether nothing will come any more, to one who has fetched nothing.
   *
   * @throws RuntimeException once, if the run has failed or the input could not be closed
   */
  boolean isOver() {
    guard.lock();
    try {
      throwOnce();
      return ended && buffer.isEmpty();
    } finally {
      guard.unlock();
    }
  }

  /** Throws why the run has failed, once. */
  void throwFailure() {
    if (failure != null) {
      guard.lock();
      try {
        throwOnce();
      } finally {
        guard.unlock();
      }
    }
  }

  private void throwOnce() {
    RuntimeException told = failure;
    failure = null;
    if (told == null && ended && buffer.isEmpty()) {
      told = unclosed;
      unclosed = null;
    }
    if (told != null) {
      throw told;
    }
  }

  /**
   * Whether all has ended; if not, the thread that asks will be woken when it has.
   *
   * @throws InputException once, if the input could not be closed
   */
  boolean hasEnded(Thread asking) {
    guard.lock();
    try {
      if (!ended) {
        waiting.add(asking);
        return false;
      }
      InputException told = unclosed;
      unclosed = null;
      if (told != null) {
        throw told;
      }
      return true;
    } finally {
      guard.unlock();
    }
  }
}
