package dev.headway;

import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The input of a run: gives one item at a time, and is closed once. */
final class Input<T extends @Nullable Object> {

  private final Iterator<? extends T> iterator;
  private final AutoCloseable closer;
  private final OptionalLong size;
  private @Nullable Consumer<? super T> leftOver;
  private boolean closed;

  private Input(Iterator<? extends T> iterator, OptionalLong size, AutoCloseable closer) {
    this.iterator = iterator;
    this.size = size;
    this.closer = closer;
  }

  /** Begins to iterate; what fails to is closed. */
  private static <T extends @Nullable Object> Input<T> open(
      Supplier<? extends Iterator<? extends T>> opener,
      Supplier<OptionalLong> size,
      AutoCloseable closer) {
    try {
      return new Input<>(opener.get(), size.get(), closer);
    } catch (Throwable e) {
      InputException failure = failed(e);
      try {
        closer.close();
      } catch (Throwable another) {
        failure.addSuppressed(another);
      }
      throw failure;
    }
  }

  /** The items of an iterable, closed with its iterator if they can be closed. */
  @SuppressWarnings("ReferenceEquality") // one thing is closed once
  private static <T extends @Nullable Object> Input<T> ofIterable(Iterable<? extends T> items) {
    List<Object> opened = new ArrayList<>(List.of(items));
    return open(
        () -> {
          Iterator<? extends T> iterator = items.iterator();
          if (iterator != items) {
            opened.add(0, iterator);
          }
          return iterator;
        },
        () ->
            items instanceof Collection<?> all ? OptionalLong.of(all.size()) : OptionalLong.empty(),
        () -> closeAll(opened));
  }

  /** The items of an iterable, closed with its iterator if they can be closed. */
  public static <T extends @Nullable Object> Input<T> of(
      Iterable<? extends T> items, TimeSource time) {
    return items instanceof Inputs.OfPublisher<? extends T> published
        ? ofPublisher(published.publisher(), time, item -> {})
        : ofIterable(items);
  }

  /**
   * The items of an iterable, closed with its iterator if they can be closed.
   *
   * @param leftOver gets the remaining items of a collection, which are there already, and items
   *     that are published too late; items that another iterable has not produced stay so
   */
  public static <T extends @Nullable Object> Input<T> of(
      Iterable<? extends T> items, TimeSource time, Consumer<? super T> leftOver) {
    if (items instanceof Inputs.OfPublisher<? extends T> published) {
      return ofPublisher(published.publisher(), time, leftOver);
    }
    Input<T> input = ofIterable(items);
    if (items instanceof Collection<?>) {
      input.leftOver = leftOver;
    }
    return input;
  }

  /** The items of a stream, which is closed. */
  public static <T extends @Nullable Object> Input<T> of(Stream<? extends T> items) {
    return open(items::iterator, OptionalLong::empty, items);
  }

  /** The items of a publisher, whose subscription is cancelled at the end. */
  @SuppressWarnings("NullAway") // a publisher's items are never null
  private static <T extends @Nullable Object> Input<T> ofPublisher(
      Flow.Publisher<? extends T> items, TimeSource time, Consumer<? super T> leftOver) {
    PublisherIterator<T> subscriber = new PublisherIterator<>(time, leftOver);
    return open(
        () -> {
          items.subscribe(subscriber);
          return subscriber;
        },
        OptionalLong::empty,
        subscriber::close);
  }

  /** Closes all, even if closing one fails. */
  private static void closeAll(List<?> resources) throws Exception {
    if (!resources.isEmpty()) {
      try {
        close(resources.get(0));
      } finally {
        closeAll(resources.subList(1, resources.size()));
      }
    }
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
   * Closes the iterator and its source, once.
   *
   * @throws InputException if that fails
   */
  void close() {
    if (!closed) {
      closed = true;
      try {
        closeAndPassOn();
      } catch (Throwable e) {
        throw new InputException("the input failed to close: " + e, e);
      }
    }
  }

  private void closeAndPassOn() throws Exception {
    try {
      if (leftOver != null) {
        iterator.forEachRemaining(leftOver);
      }
    } finally {
      closer.close();
    }
  }

  private static InputException failed(Throwable cause) {
    return cause instanceof InputException told
        ? told
        : new InputException("the input failed: " + cause, cause);
  }
}
