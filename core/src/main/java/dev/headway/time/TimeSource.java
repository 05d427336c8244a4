package dev.headway.time;

import java.time.Duration;
import java.time.Instant;

/**
 * Where time comes from, and how threads wait for it. All of Headway's reading of clocks, sleeping
 * and waiting goes through one of these, so that tests can let a day pass in a millisecond.
 */
public interface TimeSource {

  /** An instant that does not come. */
  long NEVER = Long.MAX_VALUE;

  /** The time of this machine. */
  static TimeSource system() {
    return SystemTime.INSTANCE;
  }

  /** Nanoseconds since an origin of this source's own; never negative and never going back. */
  long nanoTime();

  /** The time of day, as good as the machine knows it. */
  Instant instant();

  /**
   * Lets the current thread wait until {@link #unpark} is called for it, it is interrupted or
   * {@code deadline} has come. Returns at once if {@code unpark} was called since it last waited,
   * and may return for no reason, as {@link java.util.concurrent.locks.LockSupport#park} does.
   *
   * @param blocker what is waited for, shown in thread dumps
   * @param deadline an instant in {@link #nanoTime}'s nanoseconds, or {@link #NEVER}
   */
  void park(Object blocker, long deadline);

  /** Lets a thread that waits in {@link #park} go on, or spares it the next wait. */
  void unpark(Thread thread);

  /**
   * Runs a short action that does not wait, once, when {@code at} has come.
   *
   * @param at an instant in {@link #nanoTime}'s nanoseconds
   */
  Timer schedule(long at, Runnable action);

  /**
   * Starts a virtual thread that belongs to this source's time, and does not inherit the caller's
   * inheritable thread locals.
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
    /** Keeps the action from running if it has not begun. */
    void cancel();
  }
}
