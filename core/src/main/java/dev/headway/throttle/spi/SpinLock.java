package dev.headway.throttle.spi;

import dev.headway.time.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A lock that is held for nanoseconds, and that can be taken together with the time.
 *
 * <p>A word that is set by compare-and-set and cleared by a plain release: half the cost of a lock
 * with a queue. It never parks, so no slow or waiting code may run under it: no listener, no other
 * lock, no wake-up of a thread, and no user code but a user's {@code Limit}. A thread that finds it
 * taken spins, and soon yields, since the holder may need its processor.
 */
public final class SpinLock {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");
  private static final VarHandle TAKEN;

  static {
    try {
      TAKEN = MethodHandles.lookup().findVarHandle(SpinLock.class, "taken", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * How long a thread that finds it taken waits between attempts: some microseconds, so that
   * another gets several changes through before the state has to move to another processor.
   */
  private static final int SPINS = 96;

  /** After so many spins other threads may need the processor more. */
  private static final int MOST_SPINS = 384;

  /** The id of the thread that holds it; 0 if none does. */
  @SuppressWarnings("unused") // through TAKEN
  private volatile long taken;

  /** The latest time that was read under it. */
  private long lastNow;

  /** Creates a lock that is free. */
  public SpinLock() {}

  /**
   * Takes the lock.
   *
   * @throws IllegalStateException if this thread holds it: a limit or a time source has called the
   *     throttle that calls it
   */
  public void lock() {
    long thread = Thread.currentThread().threadId();
    if (!TAKEN.compareAndSet(this, 0L, thread)) {
      contend(thread);
    }
  }

  /**
   * Takes the lock with the time.
   *
   * @return the time, read before so as to hold the lock for less, and again if the lock was waited
   *     for; it never goes back, whichever thread read it
   * @throws IllegalStateException as {@link #lock()}
   */
  public long lock(TimeSource time) {
    long now = time.nanoTime();
    long thread = Thread.currentThread().threadId();
    if (!TAKEN.compareAndSet(this, 0L, thread)) {
      contend(thread);
      now = readAgain(time);
    }
    if (now < lastNow) {
      return lastNow;
    }
    lastNow = now;
    return now;
  }

  /** The same for work that must be done even if the time source fails: at the last time read. */
  public long lockAnyway(TimeSource time) {
    long now = 0;
    try {
      now = time.nanoTime();
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.WARNING, "a throttle's time source failed", e);
    }
    lock();
    lastNow = Math.max(lastNow, now);
    return lastNow;
  }

  private long readAgain(TimeSource time) {
    try {
      return time.nanoTime();
    } catch (RuntimeException | Error e) {
      unlock();
      throw e;
    }
  }

  /** Spins for longer than the lock is held before each attempt. */
  @SuppressWarnings("ThreadPriorityCheck") // the holder may need this thread's processor
  private void contend(long thread) {
    if ((long) TAKEN.getOpaque(this) == thread) {
      throw new IllegalStateException(
          "a Limit or TimeSource must not call the throttle that calls it; it is asked under the"
              + " throttle's lock");
    }
    int spun = 0;
    do {
      for (int i = 0; i < SPINS; i++) {
        Thread.onSpinWait();
      }
      spun += SPINS;
      if (spun >= MOST_SPINS) {
        spun = 0;
        Thread.yield();
      }
    } while ((long) TAKEN.getOpaque(this) != 0 || !TAKEN.compareAndSet(this, 0L, thread));
  }

  /** The latest time that was read. Under the lock. */
  public long lastNow() {
    return lastNow;
  }

  /** Releases the lock. */
  public void unlock() {
    TAKEN.setRelease(this, 0L);
  }
}
