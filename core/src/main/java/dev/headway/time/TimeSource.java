package dev.headway.time;

import java.time.Duration;
import java.time.Instant;

/**
 * The clock, and how threads wait for it. Headway reads clocks, sleeps and waits only through a
 * time source, so a test can replace it with virtual time.
 */
public interface TimeSource {

  /** An instant that never comes. */
  long NEVER = Long.MAX_VALUE;

  /** The time of this machine. */
  static TimeSource system() {
    return SystemTime.INSTANCE;
  }

  /** Nanoseconds since an arbitrary origin. They are never negative and never go back. */
  long nanoTime();

  /** The time of day. */
  Instant instant();

  /**
   * Blocks the current thread until {@link #unpark} is called for it, it is interrupted or {@code
   * deadline} has come. Returns at once if {@code unpark} was called since it last waited, and may
   * return spuriously, as {@link java.util.concurrent.locks.LockSupport#park} does.
   *
   * @param blocker what is waited for, shown in thread dumps
   * @param deadline an instant in {@link #nanoTime}'s nanoseconds, or {@link #NEVER}
   */
  void park(Object blocker, long deadline);

  /** Wakes a thread that waits in {@link #park}, or makes its next call return at once. */
  void unpark(Thread thread);

  /**
   * Runs an action once, when {@code at} has come. The action must be short and must not block.
   *
   * @param at an instant in {@link #nanoTime}'s nanoseconds
   */
  Timer schedule(long at, Runnable action);

  /**
   * Starts a virtual thread in this source's time. It does not inherit the caller's inheritable
   * thread locals.
   */
  Thread start(String name, Runnable body);

  /**
   * Sleeps.
   *
   * @throws InterruptedException if the thread is or gets interrupted
   */
  default void sleep(Duration duration) throws InterruptedException {
    long deadline = Durations.after(nanoTime(), duration);
    do {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      park(this, deadline);
    } while (nanoTime() < deadline);
  }

  /** An action that has been scheduled. */
  interface Timer {
    /** Cancels the action if it has not begun. */
    void cancel();
  }
}
