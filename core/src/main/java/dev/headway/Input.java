package dev.headway;

import dev.headway.time.TimeSource;
import java.util.Collection;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The input of a run: gives one item at a time, and is closed once, with its iterator. */
final class Input<T extends @Nullable Object> {

  private final Object source;
  private final Iterator<? extends T> iterator;
  private final OptionalLong size;
  private @Nullable Consumer<? super T> leftOver;
  private boolean closed;

  private Input(
      Object source,
      Iterator<? extends T> iterator,
      OptionalLong size,
      @Nullable Consumer<? super T> leftOver) {
    this.source = source;
    this.iterator = iterator;
    this.size = size;
    this.leftOver = leftOver;
  }

  /** The items of an iterable, closed with its iterator if they can be closed. */
  static <T extends @Nullable Object> Input<T> of(Iterable<? extends T> items, TimeSource time) {
    return of(items, time, null);
  }

  /**
   * The items of an iterable, closed with its iterator if they can be closed.
   *
   * @param leftOver gets the remaining items of a collection, which are there already, and items
   *     that are published too late; items that another iterable has not produced stay so
   */
  @SuppressWarnings("NullAway") // a publisher's items are never null
  static <T extends @Nullable Object> Input<T> of(
      Iterable<? extends T> items, TimeSource time, @Nullable Consumer<? super T> leftOver) {
    return open(
        items,
        () -> {
          if (items instanceof Inputs.OfPublisher<? extends T> published) {
            return published.subscribe(time, leftOver == null ? item -> {} : leftOver);
          }
          return items.iterator();
        },
        leftOver);
  }

  /** The items of a stream, which is closed. */
  static <T extends @Nullable Object> Input<T> of(Stream<? extends T> items) {
    return open(items, items::iterator, null);
  }

  /** Begins to iterate; what fails to is closed. */
  private static <T extends @Nullable Object> Input<T> open(
      Object source,
      Supplier<? extends Iterator<? extends T>> opener,
      @Nullable Consumer<? super T> leftOver) {
    try {
      OptionalLong size =
          source instanceof Collection<?> all ? OptionalLong.of(all.size()) : OptionalLong.empty();
      return new Input<>(source, opener.get(), size, size.isPresent() ? leftOver : null);
    } catch (Throwable e) {
      InputException failure = failed(e);
      try {
        closeable(source).close();
      } catch (Throwable another) {
        failure.addSuppressed(another);
      }
      throw failure;
    }
  }

  private static AutoCloseable closeable(Object resource) {
    return resource instanceof AutoCloseable closeable ? closeable : () -> {};
  }

  /** How many items there are, if that is known. */
  OptionalLong size() {
    return size;
  }

  /** Whether there is a next item; may wait for it. */
  boolean hasNext() {
    try {
      return iterator.hasNext();
    } catch (Throwable e) {
      leftOver = null;
      throw failed(e);
    }
  }

  T next() {
    try {
      return iterator.next();
    } catch (Throwable e) {
      leftOver = null;
      throw failed(e);
    }
  }

  /**
   * Closes the iterator and its source, once, even if closing one fails.
   *
   * @throws InputException if that fails
   */
  @SuppressWarnings({"ReferenceEquality", "try"}) // one thing is closed once
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (AutoCloseable outer = closeable(source);
        AutoCloseable inner = source == iterator ? () -> {} : closeable(iterator)) {
      if (leftOver != null) {
        iterator.forEachRemaining(leftOver);
      }
    } catch (Throwable e) {
      throw new InputException("the input failed to close: " + e, e);
    }
  }

  private static InputException failed(Throwable cause) {
    return cause instanceof InputException told
        ? told
        : new InputException("the input failed: " + cause, cause);
  }
}
