package dev.headway.throttle.spi;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Keeps a throttle's state to one thread at a time, for nanoseconds.
 *
 * <p>A word that is set by compare-and-set and cleared by a plain release: half of what a lock with
 * a queue costs. It never parks, so nothing that could wait or that is slow may run under it: no
 * code of a user but a limit's rule, no lock, no listener, no wake-up of a thread. A thread that
 * finds it taken spins, and soon lets other threads run, since the holder may be one of them.
 */
public final class SpinLock {

  private static final VarHandle TAKEN;

  static {
    try {
      TAKEN = MethodHandles.lookup().findVarHandle(SpinLock.class, "taken", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** After so many, which are some microseconds, others may need the processor more. */
  private static final int MOST_SPINS = 384;

  private final int spins;

  /** The id of the thread that has it; 0 if none has. */
  @SuppressWarnings("unused") // through TAKEN
  private volatile long taken;

  /**
   * A guard that nobody has.
   *
   * @param spins for how long one that finds it taken keeps away before it tries again: long where
   *     all want it all the time, so that each gets through several times in a row; short where
   *     they are after something else
   */
  public SpinLock(int spins) {
    this.spins = spins;
  }

  /**
   * Takes it; says whether that took a while, so that a clock read before is no longer right.
   *
   * @throws IllegalStateException if this thread has it: code of a user that is called with it, a
   *     limit or a time source, has come back
   */
  public boolean lock() {
    long thread = Thread.currentThread().threadId();
    if (TAKEN.compareAndSet(this, 0L, thread)) {
      return false;
    }
    contend(thread);
    return true;
  }

  /** Keeps away for longer than the guard is held, and comes back. */
  @SuppressWarnings("ThreadPriorityCheck") // the holder may need this thread's processor
  private void contend(long thread) {
    if ((long) TAKEN.getOpaque(this) == thread) {
      throw new IllegalStateException(
          "a Limit or TimeSource must not call the throttle that calls it; it is asked under the"
              + " throttle's lock");
    }
    int spun = 0;
    // Read once: it lies beside what the holder writes.
    int most = spins;
    do {
      for (int i = 0; i < most; i++) {
        Thread.onSpinWait();
      }
      spun += most;
      if (spun >= MOST_SPINS) {
        spun = 0;
        Thread.yield();
      }
    } while ((long) TAKEN.getOpaque(this) != 0 || !TAKEN.compareAndSet(this, 0L, thread));
  }

  /** Lets it go. */
  public void unlock() {
    TAKEN.setRelease(this, 0L);
  }
}
