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

/** What a run pulls its items from, one at a time, and closes when it is done. */
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
  public static <T extends @Nullable Object> Input<T> of(Iterable<? extends T> items) {
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

  /**
   * The items of an iterable, closed with its iterator if they can be closed.
   *
   * @param leftOver gets those items of a collection, which are there already, that nobody will
   *     take any more; what another iterable has not produced yet is left so
   */
  public static <T extends @Nullable Object> Input<T> of(
      Iterable<? extends T> items, Consumer<? super T> leftOver) {
    Input<T> input = of(items);
    if (items instanceof Collection<?>) {
      input.leftOver = leftOver;
    }
    return input;
  }

  /** The items of an iterator, closed if it can be. */
  public static <T extends @Nullable Object> Input<T> of(Iterator<? extends T> items) {
    return new Input<>(items, OptionalLong.empty(), () -> close(items));
  }

  /** The items of a stream, which is closed. */
  public static <T extends @Nullable Object> Input<T> of(Stream<? extends T> items) {
    return open(items::iterator, OptionalLong::empty, items);
  }

  /**
   * The items of a publisher, whose subscription is cancelled.
   *
   * @param leftOver gets an item that was asked for, and comes when nobody will take it any more
   */
  public static <T> Input<T> of(
      Flow.Publisher<? extends T> items, TimeSource time, Consumer<? super T> leftOver) {
    Subscription<T> subscription = new Subscription<>(time, leftOver);
    return open(
        () -> {
          items.subscribe(subscription);
          return subscription;
        },
        OptionalLong::empty,
        subscription::close);
  }

  /** Closes all, whatever fails. */
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

  /** Whether the next item is there already, so that pulling it takes no time worth mentioning. */
  boolean isAtHand() {
    return size.isPresent();
  }

  /** How many items there are, if that is known. */
  OptionalLong size() {
    return size;
  }

  /** Whether there is a next item; waits for it if need be. */
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
   * Closes what is behind it, once.
   *
   * @throws InputException if that fails
   */
  void close() {
    if (!closed) {
      closed = true;
      try {
        handOverWhatIsLeft();
      } catch (Throwable e) {
        throw new InputException("the input failed to close: " + e, e);
      }
    }
  }

  private void handOverWhatIsLeft() throws Exception {
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
