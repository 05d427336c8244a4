package dev.headway;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The results of a run, in order of completion, or in input order if the run is ordered. One thread
 * at a time reads them, and they must be closed:
 *
 * <pre>{@code
 * try (Results<Url, Page> pages = run.map(urls, this::fetch)) {
 *   for (Page page : pages) {
 *     save(page);
 *   }
 * }
 * }</pre>
 *
 * <p>A slow reader slows the run down: the number of unread results is bounded. Closing early
 * cancels the rest.
 *
 * @param <T> items
 * @param <R> results
 */
public interface Results<T extends @Nullable Object, R extends @Nullable Object>
    extends Iterable<R>, AutoCloseable {

  /** The maximum of failures that {@link #failures} keeps. */
  int MOST_FAILURES = 1_000;

  /**
   * Iterates over the results. Each is read once, whatever the number of iterators. {@code hasNext}
   * and {@code next} wait for the next result and throw
   *
   * <ul>
   *   <li>{@link TaskFailedException} for the first task that fails, which cancels the rest,
   *   <li>{@link InputException} if the input fails, which cancels the rest,
   *   <li>{@link java.util.concurrent.CancellationException} if the thread is interrupted, with the
   *       interrupt still pending, or if the run has been closed before all was read.
   * </ul>
   */
  @Override
  Iterator<R> iterator();

  /**
   * The results as outcomes: a failed task is one of them and cancels nothing. Only a failure of
   * the input, once, and an interrupt are thrown. After that, and after {@link #close}, this still
   * gives the unread outcomes of all started items.
   */
  Iterable<Outcome<T, R>> outcomes();

  /**
   * Waits for the next outcome, for readers that can be interrupted.
   *
   * @return null if there are no more
   * @throws InterruptedException if the thread is or gets interrupted; the run continues
   * @throws InputException once, if the input fails, which cancels the rest
   */
  @Nullable Outcome<T, R> await() throws InterruptedException;

  /**
   * Passes each result to a consumer, in this thread and while others still run, and closes. A slow
   * consumer slows the run down, as any reader does.
   *
   * <p>Exceptions are those of the iterator and of the consumer; each cancels the rest. When this
   * returns or throws, no task runs any more.
   *
   * @throws TaskFailedException for the first task that fails
   * @throws InputException if the input fails, or fails to close
   * @throws java.util.concurrent.CancellationException if the thread is interrupted, with the
   *     interrupt still pending, or if the run has been closed before all was read
   */
  default void forEachResult(Consumer<? super R> consumer) {
    try (Results<T, R> results = this) {
      results.forEach(consumer);
    }
  }

  /**
   * Passes each outcome to a consumer, as {@link #forEachResult} does each result. A failed task is
   * one of them and cancels nothing.
   *
   * @throws InputException if the input fails, or fails to close
   * @throws java.util.concurrent.CancellationException if the thread is interrupted, with the
   *     interrupt still pending
   */
  default void forEachOutcome(Consumer<? super Outcome<T, R>> consumer) {
    try (Results<T, R> results = this) {
      results.outcomes().forEach(consumer);
    }
  }

  /**
   * The tasks that have failed for good so far, in order of failure, read or not. Any thread may
   * call this, during the run and after it.
   *
   * <p>Only the first {@value #MOST_FAILURES} are kept, so memory stays bounded; {@link
   * Progress#failed} has the total, and {@link #outcomes} gives each of them.
   *
   * @return an unmodifiable copy
   */
  List<Outcome.Failure<T, R>> failures();

  /**
   * Waits for all results, in a list, and closes. Exceptions are those of {@link #forEachResult}.
   *
   * @return a list that the caller may change, in the order of the results
   */
  default List<R> toList() {
    List<R> all = new ArrayList<>();
    forEachResult(all::add);
    return all;
  }

  /** The results as a stream, which closes this when it is closed. */
  Stream<R> stream();

  /** The progress of the run. Any thread may call this. */
  Progress progress();

  /**
   * Cancels the rest: interrupts the running tasks, and waits until they have ended and the input
   * is closed. Does nothing once all has been read. Any thread may call this, at any time; a task
   * of the run itself cannot wait for its own end, so it only cancels.
   *
   * @throws InputException if the input fails to close, unless the reader got the failure
   */
  @Override
  void close();
}
