package dev.headway.postgres;

import dev.headway.distributed.StoreResponse;
import dev.headway.time.Durations;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs requests one after another. A worker, a virtual thread with a connection of its own, runs
 * them and exits after some idle time. If its request was cancelled, it may hang: it is dismissed,
 * its connection is aborted, and another worker runs the next request. Opening a connection and
 * creating the tables may take longer than a caller waits for a response, or a slow network would
 * never succeed.
 *
 * <p>A connection of a pool goes back after a moment without a request, and after a second in any
 * case, so that the pool can give it to others that wait for one.
 */
final class RequestExecutor {

  private static final long IDLE_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long IDLE_IN_POOL_NANOS = Duration.ofMillis(100).toNanos();
  private static final long LONGEST_LOAN_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_OPENING_NANOS = Duration.ofSeconds(5).toNanos();
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(1);

  private final DataSource source;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.

  private final Deque<PendingRequest> waiting = new ArrayDeque<>();
  private @Nullable Worker worker;
  private boolean closed;

  RequestExecutor(DataSource source) {
    this.source = source;
  }

  void ask(PendingRequest call) {
    Worker hung = null;
    boolean open;
    lock.lock();
    try {
      open = !closed;
      if (open) {
        waiting.add(call);
        changed.signal();
        hung = seeToIt();
      }
    } finally {
      lock.unlock();
    }
    dismiss(hung);
    if (!open) {
      call.fail(new IllegalStateException("the store has been closed"));
    }
  }

  /** The request was cancelled. */
  void abandon(PendingRequest call) {
    Worker hung;
    lock.lock();
    try {
      waiting.remove(call);
      hung = seeToIt();
    } finally {
      lock.unlock();
    }
    dismiss(hung);
  }

  /** Ensures a worker if there is a request. Returns one to dismiss, without the lock. */
  private @Nullable Worker seeToIt() {
    Worker hung = worker != null && worker.hangs() ? worker : null;
    if (hung != null) {
      worker = null;
    }
    if (worker == null && !waiting.isEmpty()) {
      worker = new Worker();
      worker.thread.start();
    }
    return hung;
  }

  private static void dismiss(@Nullable Worker hung) {
    if (hung != null) {
      hung.dismiss();
    }
  }

  /** The next request of a worker; null if there is none for so long, or it must exit. */
  private @Nullable PendingRequest next(Worker asking, long nanos) throws InterruptedException {
    long left = nanos;
    lock.lock();
    try {
      asking.current = null;
      while (worker == asking && waiting.isEmpty() && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (worker == asking) {
        asking.current = waiting.poll();
      }
      return asking.current;
    } finally {
      lock.unlock();
    }
  }

  private void gone(Worker leaving) {
    lock.lock();
    try {
      if (worker == leaving) {
        worker = null;
        var unused = seeToIt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** That there is no connection, if that is what requests wait for. */
  Optional<String> trouble() {
    lock.lock();
    try {
      return worker != null && worker.borrowing
          ? Optional.of(
              "the data source has given no connection for "
                  + Durations.print(
                      Duration.ofMillis((System.nanoTime() - worker.openingSince) / 1_000_000))
                  + ": its pool may be exhausted")
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    List<PendingRequest> unasked;
    Worker last;
    boolean asks;
    lock.lock();
    try {
      closed = true;
      changed.signal();
      unasked = new ArrayList<>(waiting);
      waiting.clear();
      last = worker;
      asks = last != null && last.isBusy();
    } finally {
      lock.unlock();
    }
    unasked.forEach(call -> call.fail(new IllegalStateException("the store has been closed")));
    if (last != null) {
      if (asks) {
        last.dismiss();
      }
      ThreadJoin.to(last.thread, LONGEST_FAREWELL);
    }
  }

  private final class Worker implements Runnable {

    final Thread thread = Thread.ofVirtual().name("headway-postgres").unstarted(this);

    /** Its request; guarded by the lock. */
    @Nullable PendingRequest current;

    private volatile @Nullable PostgresSession session;
    private volatile long openingSince;

    /** Whether it waits for a connection. */
    private volatile boolean borrowing;

    @Override
    public void run() {
      try {
        for (PendingRequest call = next(); call != null; call = next()) {
          ask(call);
        }
      } catch (InterruptedException e) {
        // It has been dismissed.
      } finally {
        gone(this);
        giveBack();
      }
    }

    private @Nullable PendingRequest next() throws InterruptedException {
      PostgresSession kept = session;
      if (kept == null || !kept.isOfPool()) {
        return RequestExecutor.this.next(this, IDLE_NANOS);
      }
      if (kept.ageNanos() < LONGEST_LOAN_NANOS) {
        PendingRequest soon = RequestExecutor.this.next(this, IDLE_IN_POOL_NANOS);
        if (soon != null) {
          return soon;
        }
      }
      giveBack();
      return RequestExecutor.this.next(this, IDLE_NANOS);
    }

    private void giveBack() {
      PostgresSession kept = session;
      session = null;
      if (kept != null) {
        kept.giveBack();
      }
    }

    private void ask(PendingRequest call) {
      PostgresSession kept = session;
      try {
        if (kept == null) {
          kept = PostgresSession.on(borrow());
          session = kept;
        }
        if (!call.isDone()) {
          StoreResponse answer = kept.decide(call);
          call.answer(answer);
        }
      } catch (SQLException e) {
        breakOff(kept);
        call.fail(PostgresErrors.of(e));
      } catch (RuntimeException | Error e) {
        breakOff(kept);
        call.fail(e);
      }
    }

    private Connection borrow() throws SQLException {
      openingSince = System.nanoTime();
      borrowing = true;
      try {
        return source.getConnection();
      } finally {
        borrowing = false;
      }
    }

    private void breakOff(@Nullable PostgresSession broken) {
      session = null;
      if (broken != null) {
        broken.breakOff();
      }
    }

    /** Whether it waits for a response. Called with the lock. */
    boolean isBusy() {
      return current != null && (!current.isDone() || current.isCancelled());
    }

    /** Whether its request was cancelled. Called with the lock. */
    boolean hangs() {
      return current != null
          && current.isCancelled()
          && (session != null || System.nanoTime() - openingSince > LONGEST_OPENING_NANOS);
    }

    /** Unblocks it: an interrupt of a virtual thread closes the socket that it reads. */
    void dismiss() {
      thread.interrupt();
      PostgresSession hung = session;
      if (hung != null) {
        hung.breakOff();
      }
    }
  }
}
