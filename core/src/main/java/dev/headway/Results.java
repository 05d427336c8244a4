package dev.headway;

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
 * <p>A reader that is slow holds the run back: no more is started than there is room for unread
 * results. Leaving before all is read cancels the rest.
 *
 * @param <T> items
 * @param <R> results
 */
public interface Results<T extends @Nullable Object, R extends @Nullable Object>
    extends Iterable<R>, AutoCloseable {

  /** How many failures are kept for {@link #failures}. */
  int MOST_FAILURES = 1_000;

  /**
   * The results, each of which is read once, by however many iterators. {@code hasNext} and {@code
   * next} wait for the next result and throw
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
   * The same as outcomes: a failed task is one of them and cancels nothing. Only the failure of the
   * input, once, and an interrupt are thrown. After that, and after {@link #close}, it still gives
   * the outcomes of all that had been started and not been read.
   */
  Iterable<Outcome<T, R>> outcomes();

  /**
   * Waits for the next outcome, for readers that can be interrupted.
   *
   * @return null if there are no more
   * @throws InterruptedException if the thread is or gets interrupted; the run goes on
   * @throws InputException once, if the input fails, which cancels the rest
   */
  @Nullable Outcome<T, R> await() throws InterruptedException;

  /**
   * Hands each result to a consumer, in this thread and while others still run, until all have been
   * read, and closes. A consumer that is slow holds the run back, as any reader does.
   *
   * <p>What iteration throws is thrown, and so is what the consumer throws, which cancels the rest;
   * when this has returned or thrown, nothing runs any more.
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
   * Hands each outcome to a consumer, as {@link #forEachResult} does each result. A failed task is
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
   * The tasks that have failed for good until now, in the order in which they did, whether or not
   * they have been read. May be asked by any thread, during the run and after it.
   *
   * <p>So that a run holds no more than it must, however long its input is and however much of it
   * fails, only the first {@value #MOST_FAILURES} are kept; {@link Progress#failed} says how many
   * there are in all, and {@link #outcomes} gives each of them.
   *
   * @return a list of its own, which does not change
   */
  List<Outcome.Failure<T, R>> failures();

  /** The results as a stream, which closes this when it is closed. */
  Stream<R> stream();

  /** How far the run has come. May be asked by any thread. */
  Progress progress();

  /**
   * Cancels what is left: interrupts the tasks that run, waits until they have ended and the input
   * is closed. Does nothing once all has been read. May be called by any thread, at any time; a
   * task of the run itself, which cannot wait for its own end, only cancels.
   *
   * @throws InputException if the input fails to close, unless the reader has been told
   */
  @Override
  void close();
}
