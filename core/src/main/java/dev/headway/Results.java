package dev.headway;

import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What comes of a run, as it comes, or in input order if the run is ordered. Read it by one thread
 * at a time, and close it:
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
