package dev.headway;

import dev.headway.time.TimeSource;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The items of a publisher as an iterator. It requests one item at a time, when {@link #hasNext} is
 * called, so it takes no item from the publisher that the run does not start.
 *
 * <p>A publisher that breaks the rules of Reactive Streams, such as by sending more items than
 * requested, fails, and its subscription is cancelled. Items that it sent before are read; excess
 * items are left over.
 */
final class PublisherIterator<T> implements Iterator<T>, Flow.Subscriber<T>, AutoCloseable {

  private final TimeSource time;
  private final Consumer<? super T> leftOver;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.

  private Flow.@Nullable Subscription subscription;
  private @Nullable T item;
  private @Nullable Throwable failure;
  private boolean requested;

  /** Whether the publisher sends no more items, or none is wanted. */
  private boolean done;

  private boolean closed;
  private @Nullable Thread waiting;

  /**
   * Creates one.
   *
   * @param leftOver gets each published item that the run does not take
   */
  PublisherIterator(TimeSource time, Consumer<? super T> leftOver) {
    this.time = time;
    this.leftOver = leftOver;
  }

  /** Makes a change under the lock, and wakes the reader. Returns what the change returns. */
  private boolean change(BooleanSupplier change) {
    boolean result;
    Thread reader;
    lock.lock();
    try {
      result = change.getAsBoolean();
      reader = waiting;
    } finally {
      lock.unlock();
    }
    if (reader != null) {
      time.unpark(reader);
    }
    return result;
  }

  @Override
  public void onSubscribe(Flow.Subscription offered) {
    boolean welcome =
        change(() -> {
          boolean first = subscription == null && !closed;
          subscription = first ? offered : subscription;
          return first;
        });
    if (!welcome) {
      offered.cancel();
    }
  }

  @Override
  public void onNext(T next) {
    if (next == null) {
      NullPointerException failed = new NullPointerException("it has sent null for an item");
      breakOff(failed);
      throw failed;
    }
    boolean taken =
        change(() -> {
          boolean wanted = requested && !done;
          item = wanted ? next : item;
          requested &= !wanted;
          return wanted;
        });
    if (!taken) {
      leftOver.accept(next);
      breakOff(new IllegalStateException("it has sent more items than were requested"));
    }
  }

  /** The publisher breaks the rules: no more items are taken from it. */
  private void breakOff(Throwable why) {
    boolean cancels =
        change(() -> {
          boolean open = !done;
          failure = failure == null && !closed ? why : failure;
          done = true;
          return open;
        });
    cancel(cancels);
  }

  private void cancel(boolean open) {
    Flow.Subscription cancelled = subscription;
    if (open && cancelled != null) {
      cancelled.cancel();
    }
  }

  @Override
  public void onError(Throwable cause) {
    Objects.requireNonNull(cause, "it has failed with null");
    change(() -> {
      failure = done ? failure : cause;
      done = true;
      return true;
    });
  }

  @Override
  public void onComplete() {
    change(() -> {
      done = true;
      return true;
    });
  }

  /**
   * Waits for the next item.
   *
   * @throws InputException if the publisher fails, or the thread is or gets interrupted
   */
  @Override
  public boolean hasNext() {
    while (true) {
      Flow.Subscription ask = null;
      lock.lock();
      try {
        waiting = null;
        if (item != null) {
          return true;
        }
        if (done) {
          if (failure != null) {
            throw new InputException("the publisher failed: " + failure, failure);
          }
          return false;
        }
        waiting = Thread.currentThread();
        if (!requested && subscription != null) {
          requested = true;
          ask = subscription;
        }
      } finally {
        lock.unlock();
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new InputException(
            "interrupted while waiting for the publisher", new InterruptedException());
      }
      if (ask != null) {
        ask.request(1);
      } else {
        time.park(this, TimeSource.NEVER);
      }
    }
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return Objects.requireNonNull(takeItem());
  }

  private @Nullable T takeItem() {
    lock.lock();
    try {
      T taken = item;
      item = null;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Cancels the subscription, unless the publisher has ended. */
  @Override
  public void close() {
    boolean cancels =
        change(() -> {
          boolean open = !done;
          done = true;
          closed = true;
          return open;
        });
    T unread = takeItem();
    if (unread != null) {
      leftOver.accept(unread);
    }
    cancel(cancels);
  }
}
