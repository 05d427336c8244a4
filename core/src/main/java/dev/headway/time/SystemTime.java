package dev.headway.time;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The time of this machine. Timers are the JDK's, so no thread of ours is left behind. */
final class SystemTime implements TimeSource {

  static final SystemTime INSTANCE = new SystemTime();

  private static final long ORIGIN = System.nanoTime();

  private SystemTime() {}

  @Override
  public long nanoTime() {
    return System.nanoTime() - ORIGIN;
  }

  @Override
  public Instant instant() {
    return Instant.now();
  }

  @Override
  public void park(Object blocker, long deadline) {
    if (deadline == NEVER) {
      LockSupport.park(blocker);
    } else {
      LockSupport.parkNanos(blocker, Durations.minus(deadline, nanoTime()));
    }
  }

  @Override
  public void unpark(Thread thread) {
    LockSupport.unpark(thread);
  }

  @Override
  public Timer schedule(long at, Runnable action) {
    Ringing ringing = new Ringing(at, action);
    ringing.begin();
    return ringing;
  }

  /**
   * A timer that fires on time.
   *
   * <p>The JDK's timers are late by the time that the system takes to wake a thread: 50 µs and
   * more. At 10,000 starts per second that is half of the quota. So a timer is set a little early,
   * and then a virtual thread yields until the time has come. If no virtual thread can run, since
   * all carriers are pinned, a second timer for the exact time fires.
   */
  private static final class Ringing implements Timer {

    /** A little more than the usual delay of a timer. */
    private static final long EARLY = 60_000;

    private final long at;
    private final Runnable action;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable CompletableFuture<?> timer;

    Ringing(long at, Runnable action) {
      this.at = at;
      this.action = action;
    }

    void begin() {
      if (Durations.minus(at, INSTANCE.nanoTime()) > EARLY) {
        set(at - EARLY, this::comeNear);
      } else {
        comeNear();
      }
    }

    private void comeNear() {
      set(at, this::ring);
      Thread.startVirtualThread(this::awaitAndRing);
    }

    @SuppressWarnings("ThreadPriorityCheck") // all others go first
    private void awaitAndRing() {
      while (INSTANCE.nanoTime() < at && !over.get()) {
        Thread.yield();
      }
      ring();
    }

    private void ring() {
      if (over.compareAndSet(false, true)) {
        cancelTimer();
        action.run();
      }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // runAloud says what the action throws
    private void set(long when, Runnable then) {
      long delay = Math.max(0, Durations.minus(when, INSTANCE.nanoTime()));
      CompletableFuture<@Nullable Void> next = new CompletableFuture<>();
      next.thenRun(() -> runAloud(then));
      timer = next;
      next.completeOnTimeout(null, delay, TimeUnit.NANOSECONDS);
      if (over.get()) {
        next.cancel(false);
      }
    }

    private void cancelTimer() {
      CompletableFuture<?> set = timer;
      if (set != null) {
        set.cancel(false);
      }
    }

    @Override
    public void cancel() {
      over.set(true);
      cancelTimer();
    }
  }

  /** A future would keep to itself what its action throws. */
  private static void runAloud(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      Thread current = Thread.currentThread();
      current.getUncaughtExceptionHandler().uncaughtException(current, e);
    }
  }

  @Override
  public Thread start(String name, Runnable body) {
    return Thread.ofVirtual().inheritInheritableThreadLocals(false).name(name).start(body);
  }
}
