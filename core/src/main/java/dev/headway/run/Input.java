package dev.headway.run;

import dev.headway.InputException;
import dev.headway.time.TimeSource;
import java.util.Collection;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a run pulls its items from, one at a time, and closes when it is done. */
public final class Input<T extends @Nullable Object> {

  /** Something that can be closed, or nothing. */
  private interface Closer {
    void close() throws Exception;
  }

  private final Iterator<? extends T> iterator;
  private final Closer closer;
  private final OptionalLong size;
  private boolean closed;

  private Input(Iterator<? extends T> iterator, OptionalLong size, Closer closer) {
    this.iterator = iterator;
    this.size = size;
    this.closer = closer;
  }

  /** The items of an iterable, closed with its iterator if they can be closed. */
  public static <T extends @Nullable Object> Input<T> of(Iterable<? extends T> items) {
    Iterator<? extends T> iterator;
    try {
      iterator = items.iterator();
    } catch (RuntimeException e) {
      throw failed(e);
    }
    OptionalLong size =
        items instanceof Collection<?> all ? OptionalLong.of(all.size()) : OptionalLong.empty();
    return new Input<>(
        iterator,
        size,
        () -> {
          close(iterator);
          if (iterator != items) {
            close(items);
          }
        });
  }

  /** The items of an iterator, closed if it can be. */
  public static <T extends @Nullable Object> Input<T> of(Iterator<? extends T> items) {
    return new Input<>(items, OptionalLong.empty(), () -> close(items));
  }

  /** The items of a stream, which is closed. */
  public static <T extends @Nullable Object> Input<T> of(Stream<? extends T> items) {
    return new Input<>(items.iterator(), OptionalLong.empty(), items::close);
  }

  /** The items of a publisher, whose subscription is cancelled. */
  public static <T> Input<T> of(Flow.Publisher<? extends T> items, TimeSource time) {
    Subscription<T> subscription = new Subscription<>(time);
    items.subscribe(subscription);
    return new Input<>(subscription, OptionalLong.empty(), subscription::close);
  }

  private static void close(Object resource) throws Exception {
    if (resource instanceof AutoCloseable closeable) {
      closeable.close();
    }
  }

  /** How many items there are, if that is known. */
  OptionalLong size() {
    return size;
  }

  /** Whether there is a next item; waits for it if need be. */
  boolean hasNext() {
    try {
      return iterator.hasNext();
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  T next() {
    try {
      return iterator.next();
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  /** Closes what is behind it, once. */
  void close() {
    if (!closed) {
      closed = true;
      try {
        closer.close();
      } catch (Exception e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        throw new InputException("the input failed to close: " + e, e);
      }
    }
  }

  private static InputException failed(RuntimeException cause) {
    return new InputException("the input failed: " + cause, cause);
  }
}
