package dev.headway.tests.run;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Numbers from 0 that watch how they are used: by whom at a time, how far, and how often closed.
 */
public final class WatchedItems implements Iterable<Integer>, AutoCloseable {

  private final int count;
  private final AtomicInteger users = new AtomicInteger();
  private volatile boolean shared;

  public final AtomicInteger pulled = new AtomicInteger();
  public final AtomicInteger closed = new AtomicInteger();
  public final AtomicInteger iteratorClosed = new AtomicInteger();

  public WatchedItems(int count) {
    this.count = count;
  }

  /** Whether two threads have used the iterator at a time, or one after it was closed. */
  public boolean wasMisused() {
    return shared;
  }

  @Override
  public Iterator<Integer> iterator() {
    return new Numbers();
  }

  @Override
  public void close() {
    closed.incrementAndGet();
  }

  private final class Numbers implements Iterator<Integer>, AutoCloseable {

    @Override
    public boolean hasNext() {
      enter();
      boolean more = pulled.get() < count;
      users.decrementAndGet();
      return more;
    }

    @Override
    public Integer next() {
      enter();
      if (pulled.get() >= count) {
        throw new NoSuchElementException();
      }
      int next = pulled.getAndIncrement();
      users.decrementAndGet();
      return next;
    }

    @SuppressWarnings("ThreadPriorityCheck") // gives another thread a chance to do it wrong
    private void enter() {
      if (users.incrementAndGet() > 1 || iteratorClosed.get() > 0) {
        shared = true;
      }
      Thread.yield();
    }

    @Override
    public void close() {
      iteratorClosed.incrementAndGet();
    }
  }
}
