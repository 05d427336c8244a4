package dev.headway;

import dev.headway.time.TimeSource;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;
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
final class PublisherIterator<T> implements Iterator<T>, Flow.Subscriber<T> {

  private final TimeSource time;
  private final Consumer<? super T> leftOver;
  private final ReentrantLock lock = new ReentrantLock();

  private Flow.@Nullable Subscription subscription;
  private @Nullable T item;
  private @Nullable Throwable failure;
  private boolean requested;
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

  @Override
  public void onSubscribe(Flow.Subscription offered) {
    boolean welcome;
    lock.lock();
    try {
      welcome = subscription == null && !closed;
      if (welcome) {
        subscription = offered;
      }
    } finally {
      lock.unlock();
    }
    if (!welcome) {
      offered.cancel();
    }
    wake();
  }

  @Override
  public void onNext(T next) {
    if (next == null) {
      NullPointerException failed = new NullPointerException("it has sent null for an item");
      breakOff(failed);
      throw failed;
    }
    boolean taken;
    boolean wanted;
    lock.lock();
    try {
      wanted = !closed;
      taken = wanted && requested && !done;
      if (taken) {
        item = next;
        requested = false;
      }
    } finally {
      lock.unlock();
    }
    if (!taken) {
      leftOver.accept(next);
    }
    if (!taken && wanted) {
      breakOff(new IllegalStateException("it has sent more items than were requested"));
    }
    wake();
  }

  /** The publisher breaks the rules: no more items are taken from it. */
  private void breakOff(Throwable why) {
    Flow.Subscription broken;
    lock.lock();
    try {
      broken = done || closed ? null : subscription;
      failure = failure == null ? why : failure;
      done = true;
    } finally {
      lock.unlock();
    }
    wake();
    if (broken != null) {
      broken.cancel();
    }
  }

  @Override
  public void onError(Throwable cause) {
    lock.lock();
    try {
      failure = done ? failure : Objects.requireNonNull(cause, "it has failed with null");
      done = true;
    } finally {
      lock.unlock();
    }
    wake();
  }

  @Override
  public void onComplete() {
    lock.lock();
    try {
      done = true;
    } finally {
      lock.unlock();
    }
    wake();
  }

  private void wake() {
    Thread thread;
    lock.lock();
    try {
      thread = waiting;
    } finally {
      lock.unlock();
    }
    if (thread != null) {
      time.unpark(thread);
    }
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
        if (item != null) {
          waiting = null;
          return true;
        }
        if (done || closed) {
          waiting = null;
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
    lock.lock();
    try {
      T next = item;
      if (next == null) {
        throw new NoSuchElementException();
      }
      item = null;
      return next;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    Flow.Subscription open;
    T unread;
    lock.lock();
    try {
      closed = true;
      open = done ? null : subscription;
      unread = item;
      item = null;
    } finally {
      lock.unlock();
    }
    if (unread != null) {
      leftOver.accept(unread);
    }
    if (open != null) {
      open.cancel();
    }
  }
}
