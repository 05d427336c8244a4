package dev.headway.http;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Counts the exchanges in flight, for an orderly shutdown: the underlying client does not know the
 * exchanges that wait for a limit.
 */
final class InFlight {

  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final Runnable whenOver;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition over = lock.newCondition();
  private final List<Thread> threads = new ArrayList<>();
  private int exchanges;
  private boolean closed;
  private boolean stopped;

  /** Starts empty. {@code whenOver} runs once the client is closed and no exchange is in flight. */
  InFlight(Runnable whenOver) {
    this.whenOver = whenOver;
  }

  /** An exchange. */
  interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  /**
   * Registers an exchange, which must then be run and ended.
   *
   * @throws IOException if the client is closed
   */
  void announce() throws IOException {
    lock.lock();
    try {
      if (closed) {
        throw new IOException("the client is closed");
      }
      exchanges++;
    } finally {
      lock.unlock();
    }
  }

  /** Runs a registered exchange. */
  <T> T run(Work<T> work) throws IOException, InterruptedException {
    change(() -> {
      threads.add(Thread.currentThread());
      if (stopped) {
        Thread.currentThread().interrupt();
      }
    });
    try {
      return work.run();
    } catch (InterruptedException e) {
      if (is(() -> stopped)) {
        throw new IOException("the client was shut down", e);
      }
      throw e;
    } finally {
      change(() -> {
        threads.remove(Thread.currentThread());
        if (stopped) {
          // The interrupt came from here, and the thread may be a caller's.
          Thread.interrupted();
        }
      });
    }
  }

  /** Ends a registered exchange once its sender knows the result. */
  void end() {
    change(() -> exchanges--);
  }

  /** Rejects new exchanges. */
  void close() {
    change(() -> closed = true);
  }

  /** Rejects new exchanges and interrupts those in flight. */
  void stop() {
    change(() -> {
      closed = true;
      stopped = true;
      threads.forEach(Thread::interrupt);
    });
  }

  private void change(Runnable change) {
    boolean isOver;
    lock.lock();
    try {
      change.run();
      isOver = closed && exchanges == 0;
      if (isOver) {
        over.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (isOver) {
      whenOver.run();
    }
  }

  /** Whether the client is closed and no exchange is in flight. */
  boolean isOver() {
    return is(() -> closed && exchanges == 0);
  }

  private boolean is(BooleanSupplier state) {
    lock.lock();
    try {
      return state.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the client is closed and no exchange is in flight; returns the time that is left.
   */
  Duration await(Duration longest) throws InterruptedException {
    long nanos = longest.compareTo(LONGEST) < 0 ? longest.toNanos() : LONGEST.toNanos();
    lock.lock();
    try {
      while (nanos > 0 && !(closed && exchanges == 0)) {
        nanos = over.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
    return Duration.ofNanos(Math.max(0, nanos));
  }
}
