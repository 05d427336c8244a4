package dev.headway.postgres;

import dev.headway.distributed.StoreResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
 */
final class RequestExecutor {

  private static final long IDLE_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long LONGEST_OPENING_NANOS = Duration.ofSeconds(5).toNanos();
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(1);

  private final DataSource source;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.

  private final Deque<PendingRequest> waiting = new ArrayDeque<>();
  private @Nullable Clerk clerk;
  private boolean closed;

  RequestExecutor(DataSource source) {
    this.source = source;
  }

  void ask(PendingRequest call) {
    Clerk hung = null;
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
    Clerk hung;
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
  private @Nullable Clerk seeToIt() {
    Clerk hung = clerk != null && clerk.hangs() ? clerk : null;
    if (hung != null) {
      clerk = null;
    }
    if (clerk == null && !waiting.isEmpty()) {
      clerk = new Clerk();
      clerk.thread.start();
    }
    return hung;
  }

  private static void dismiss(@Nullable Clerk hung) {
    if (hung != null) {
      hung.dismiss();
    }
  }

  /** The next request of a worker; null if it must exit. */
  private @Nullable PendingRequest next(Clerk asking) throws InterruptedException {
    long nanos = IDLE_NANOS;
    lock.lock();
    try {
      asking.current = null;
      while (clerk == asking && waiting.isEmpty() && !closed && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      if (clerk == asking) {
        asking.current = waiting.poll();
      }
      return asking.current;
    } finally {
      lock.unlock();
    }
  }

  private void gone(Clerk leaving) {
    lock.lock();
    try {
      if (clerk == leaving) {
        clerk = null;
        var unused = seeToIt();
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    List<PendingRequest> unasked;
    Clerk last;
    boolean asks;
    lock.lock();
    try {
      closed = true;
      changed.signal();
      unasked = new ArrayList<>(waiting);
      waiting.clear();
      last = clerk;
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

  private final class Clerk implements Runnable {

    final Thread thread = Thread.ofVirtual().name("headway-postgres").unstarted(this);

    /** Its request; guarded by the lock. */
    @Nullable PendingRequest current;

    private volatile @Nullable PostgresSession session;
    private volatile long openingSince;

    @Override
    public void run() {
      try {
        for (PendingRequest call = next(this); call != null; call = next(this)) {
          ask(call);
        }
      } catch (InterruptedException e) {
        // It has been dismissed.
      } finally {
        gone(this);
        PostgresSession last = session;
        if (last != null) {
          last.giveBack();
        }
      }
    }

    private void ask(PendingRequest call) {
      PostgresSession kept = session;
      try {
        if (kept == null) {
          openingSince = System.nanoTime();
          kept = PostgresSession.open(source);
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
