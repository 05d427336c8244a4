package dev.headway.cli.job;

import dev.headway.Task;
import dev.headway.cli.request.Line;
import dev.headway.throttle.ThrottleListener;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;

/**
 * The requests that one worker has of a queue. It listens to the throttle: it takes no more
 * requests than can soon start.
 */
public interface RequestQueue extends ThrottleListener, Closeable {

  /** Where results are written, and which are there. */
  interface Results {
    /**
     * Where the next one will be.
     *
     * @throws IOException if that is not known
     */
    String place() throws IOException;

    /** Whether the result of a request is at such a place, as far as that can be told here. */
    boolean isAt(String place, Line request);
  }

  /** Writes a result. */
  interface Writing<T> {
    /**
     * Writes it, once.
     *
     * @throws IOException if it cannot be written
     */
    T write() throws IOException;
  }

  /** How many requests were not done when the work began. */
  long size();

  /** How many this worker will probably have done in the end, given how many it has. */
  long expected(long done);

  /**
   * Says where results are written. Requests whose results are there already are removed.
   *
   * @param display tells what the user should know
   * @throws IOException if the queue cannot be reached
   */
  void writesTo(Results results, Display display) throws IOException;

  /** The requests; each is waited for. */
  Iterator<Line> requests();

  /** The task, which lets others be taken as soon as it has started. */
  <T, R> Task<T, R> taking(Task<T, R> task);

  /**
   * Writes the result of a request, which is then done.
   *
   * @return what the writing returned; empty if another worker has the request, and nothing was
   *     written
   * @throws IOException if it cannot be written
   */
  <T> Optional<T> finish(Line request, Writing<T> writing) throws IOException;

  /**
   * Ends the work: what is not done is the others' at once.
   *
   * @throws IOException if they cannot be told; then they take it over after a while
   */
  void leave() throws IOException;
}
