package dev.headway.throttle;

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
public final class Guard {

  private static final VarHandle TAKEN;

  static {
    try {
      TAKEN = MethodHandles.lookup().findVarHandle(Guard.class, "taken", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int SPINS = 64;

  @SuppressWarnings("unused") // through TAKEN
  private volatile boolean taken;

  /** Takes it. */
  public void lock() {
    if (!TAKEN.compareAndSet(this, false, true)) {
      contend();
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // the holder may need this thread's processor
  private void contend() {
    int spins = 0;
    do {
      while ((boolean) TAKEN.getOpaque(this)) {
        if (++spins % SPINS == 0) {
          Thread.yield();
        } else {
          Thread.onSpinWait();
        }
      }
    } while (!TAKEN.compareAndSet(this, false, true));
  }

  /** Lets it go. */
  public void unlock() {
    TAKEN.setRelease(this, false);
  }
}
