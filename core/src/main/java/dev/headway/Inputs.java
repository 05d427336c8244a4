package dev.headway;

import dev.headway.time.TimeSource;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes inputs of runs from iterators, publishers and arrays. */
public final class Inputs {

  private Inputs() {}

  /**
   * The items of an iterator. A run reads them once, and closes the iterator if it is {@link
   * AutoCloseable}. The input can be used only once.
   */
  public static <T extends @Nullable Object> Iterable<T> of(Iterator<? extends T> items) {
    return new OfIterator<>(items);
  }

  /**
   * The items of a publisher. A run subscribes when it begins, requests one item at a time when it
   * can start it, and cancels the subscription when it ends. The input can be used only in a run.
   */
  public static <T> Iterable<T> of(Flow.Publisher<? extends T> items) {
    return new OfPublisher<>(items);
  }

  /** The items of an array, or the given items. */
  @SafeVarargs
  @SuppressWarnings("varargs") // copied and only read
  public static <T extends @Nullable Object> Iterable<T> of(T... items) {
    return Arrays.asList(items.clone());
  }

  /** The items of an iterator; the run closes it as the iterator of this input. */
  private static final class OfIterator<T extends @Nullable Object> implements Iterable<T> {
    private final Iterator<? extends T> items;
    private final AtomicBoolean used = new AtomicBoolean();

    OfIterator(Iterator<? extends T> items) {
      this.items = Objects.requireNonNull(items, "items");
    }

    @Override
    @SuppressWarnings("unchecked") // an iterator only returns items
    public Iterator<T> iterator() {
      if (used.getAndSet(true)) {
        throw new IllegalStateException("an iterator can be the input of one run only");
      }
      return (Iterator<T>) items;
    }
  }

  /** The items of a publisher, which a run subscribes to. */
  static final class OfPublisher<T> implements Iterable<T> {
    private final Flow.Publisher<? extends T> items;

    OfPublisher(Flow.Publisher<? extends T> items) {
      this.items = Objects.requireNonNull(items, "items");
    }

    /**
     * Subscribes, and gives the items as they come.
     *
     * @param leftOver gets each published item that is not read
     */
    Iterator<T> subscribe(TimeSource time, Consumer<? super T> leftOver) {
      PublisherIterator<T> subscriber = new PublisherIterator<>(time, leftOver);
      try {
        items.subscribe(subscriber);
        return subscriber;
      } catch (Throwable e) {
        subscriber.close();
        throw e;
      }
    }

    @Override
    public Iterator<T> iterator() {
      throw new UnsupportedOperationException(
          "Inputs.of(publisher) is an input of runs; subscribe to the publisher instead");
    }
  }
}
