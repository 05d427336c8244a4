package dev.headway;

import dev.headway.time.TimeSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The queue between a run and its reader. It holds items in order of completion, or, in an ordered
 * run, all that were pulled, in input order; its reader waits until the first is over.
 *
 * <p>It is bounded by credit, as in Reactive Streams: the engine pulls an item only if {@link
 * #returned} says that there is room. The reader takes outcomes in batches, and returns the credit
 * for one with the next, so it takes the lock once per batch.
 *
 * <p>The queue also tells the reader how the run ended: its failure is thrown once, as soon as the
 * reader comes; a failure to close the input is thrown once, at the end.
 *
 * <p>The engine's lock guards it, so that one critical section ends an item and publishes its
 * outcome. Threads that a method returns must be woken outside of the lock.
 */
final class ResultQueue<T extends @Nullable Object, R extends @Nullable Object> {

  private final TimeSource time;
  private final boolean ordered;
  private final int batchSize;
  private final Consumer<Runnable> locked;

  private final Queue<ItemExecution<T, R>> items = new ArrayDeque<>();

  /** The threads that wait for a change: the reader, and others for the end. */
  private final List<Thread> waiting = new ArrayList<>();

  /** How many items the reader has read and told of. */
  private long returned;

  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final AtomicReference<@Nullable RuntimeException> closeFailure = new AtomicReference<>();
  private volatile boolean ended;

  // The reader's own.

  private final Queue<Outcome<T, R>> batch = new ArrayDeque<>();
  private int fetched;

  /**
   * Creates an empty queue.
   *
   * @param batchSize how many outcomes the reader takes at a time
   * @param locked runs an action under the engine's lock, and then what it makes possible
   */
  ResultQueue(TimeSource time, boolean ordered, int batchSize, Consumer<Runnable> locked) {
    this.time = time;
    this.ordered = ordered;
    this.batchSize = batchSize;
    this.locked = locked;
  }

  /** How many items the reader has read. */
  long returned() {
    return returned;
  }

  /** An item was pulled. Called in input order. */
  void expect(ItemExecution<T, R> item) {
    if (ordered) {
      items.add(item);
    }
  }

  /** An item is over, with its outcome, or with null if it never started. */
  List<Thread> add(ItemExecution<T, R> item, @Nullable Outcome<T, R> outcome) {
    item.end(outcome);
    if (!ordered) {
      items.add(item);
    }
    return waiting.isEmpty() || !hasOutcome() ? List.of() : waiters();
  }

  private boolean hasOutcome() {
    ItemExecution<T, R> first = items.peek();
    return first != null && first.isOver();
  }

  /** The threads that wait, which then wait no longer. */
  List<Thread> waiters() {
    List<Thread> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  /** The current thread waits until it is one of the {@link #waiters}. */
  void join() {
    waiting.add(Thread.currentThread());
  }

  /** The run has failed. */
  List<Thread> fail(RuntimeException e) {
    failure.set(e);
    return waiters();
  }

  /** No more outcomes come. */
  List<Thread> end(@Nullable InputException notClosed) {
    closeFailure.set(notClosed);
    ended = true;
    return waiters();
  }

  boolean hasEnded() {
    return ended;
  }

  /**
   * Waits for the next outcome; null if no more come. Called by one thread at a time, without the
   * lock.
   *
   * @throws InputException once, as soon as the input has failed, or at the end if it has failed to
   *     close
   */
  @Nullable Outcome<T, R> take() throws InterruptedException {
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throwOnce(failure);
      Outcome<T, R> outcome = batch.poll();
      if (outcome != null) {
        return outcome;
      }
      boolean last = ended;
      locked.accept(this::fetch);
      if (batch.isEmpty() && last) {
        // The run may have failed and ended since the failure was looked for.
        throwOnce(failure);
        throwOnce(closeFailure);
        return null;
      }
      if (batch.isEmpty() && !ended && failure.get() == null) {
        time.park(this, TimeSource.NEVER);
      }
    }
  }

  private void fetch() {
    returned += fetched;
    fetched = 0;
    while (hasOutcome() && fetched < batchSize) {
      fetched++;
      Outcome<T, R> outcome = items.remove().outcome();
      if (outcome != null) {
        batch.add(outcome);
      }
    }
    if (batch.isEmpty() && !ended) {
      join();
    }
  }

  private static void throwOnce(AtomicReference<@Nullable RuntimeException> failure) {
    RuntimeException thrown = failure.get() == null ? null : failure.getAndSet(null);
    if (thrown != null) {
      throw thrown;
    }
  }

  /**
   * Waits for the end, even if interrupted; the interrupt is then pending. Called without the lock.
   *
   * @throws InputException once, if the input has failed to close
   */
  void awaitEnd() {
    boolean interrupted = false;
    while (!ended) {
      locked.accept(this::join);
      if (!ended) {
        time.park(this, TimeSource.NEVER);
      }
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    throwOnce(closeFailure);
  }
}
