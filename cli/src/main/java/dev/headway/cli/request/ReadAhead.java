package dev.headway.cli.request;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The lines of an input that ask for something, read ahead by a few and never held whole.
 *
 * <p>The input is read by a daemon thread of its own, since a read of a terminal or a pipe cannot
 * be interrupted, and a wait for a line here can. Closing ends that thread, as soon as it is not in
 * such a read; the input is closed by its owner.
 */
public final class ReadAhead implements Iterator<Line>, AutoCloseable {

  private static final int LINES = 64;

  private final BlockingQueue<Optional<Line>> lines = new ArrayBlockingQueue<>(LINES);
  private final Thread thread;
  private volatile @Nullable IOException failure;

  /** The next line, or empty at the end; null if it has not been waited for. */
  @SuppressWarnings("NullableOptional") // not asked for, or not there
  private @Nullable Optional<Line> next;

  /** Where lines come from. */
  public interface Source {
    /**
     * Reads all lines there are.
     *
     * @throws IOException if the input cannot be read on
     * @throws InterruptedException if interrupted
     */
    void readTo(Sink sink) throws IOException, InterruptedException;
  }

  /** Where lines go. */
  public interface Sink {
    /**
     * Waits until there is room, and takes a line.
     *
     * @throws IOException if it takes no more
     * @throws InterruptedException if interrupted
     */
    void put(Line line) throws IOException, InterruptedException;
  }

  /** All lines that are needed have been read. */
  private static final class EnoughException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Begins to read; lines that ask for nothing are skipped. */
  public ReadAhead(Source source, Predicate<Line> asks) {
    this(source, asks, Long.MAX_VALUE);
  }

  /** Begins to read the first lines that ask for something. */
  ReadAhead(Source source, Predicate<Line> asks, long most) {
    this.thread =
        Thread.ofPlatform().daemon().name("headway-input").start(() -> read(source, asks, most));
  }

  private void read(Source source, Predicate<Line> asks, long most) {
    try {
      AtomicLong left = new AtomicLong(most);
      try {
        source.readTo(line -> {
          if (asks.test(line)) {
            lines.put(Optional.of(line));
            if (left.decrementAndGet() == 0) {
              throw new EnoughException();
            }
          }
        });
      } catch (EnoughException enough) {
        // The rest is not read.
      } catch (IOException e) {
        failure = e;
      }
      lines.put(Optional.empty());
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the next line; false too if interrupted, which stays pending. */
  @Override
  public boolean hasNext() {
    if (next == null) {
      try {
        next = lines.take();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    IOException failed = failure;
    if (next.isEmpty() && failed != null) {
      throw new UncheckedIOException(failed);
    }
    return next.isPresent();
  }

  /** Waits for the next line, which stays the next. Empty at the end. */
  public Optional<Line> peek() {
    return hasNext() && next != null ? next : Optional.empty();
  }

  @Override
  public Line next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    Line line = next.orElseThrow();
    next = null;
    return line;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
