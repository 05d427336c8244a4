package dev.headway;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who pulls the next item: at most one. It is taken under the crew's guard, and says whether
 * passing it on means that somebody must be called.
 */
final class Turn {

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Turn.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int FREE = 0;

  /** Taken; nobody need be called when it is passed on, since there is a watch. */
  private static final int WATCHED = 1;

  /** Taken; somebody must be called when it is passed on. */
  private static final int TAKEN = 2;

  @SuppressWarnings("unused") // through STATE
  private volatile int state;

  boolean isFree() {
    return (int) STATE.getAcquire(this) == FREE;
  }

  /** Under the guard, when it is free. */
  void take(boolean watched) {
    STATE.setRelease(this, watched ? WATCHED : TAKEN);
  }

  /** Passes it on if nobody need be called. False if somebody must be, and it is still taken. */
  boolean passQuietly() {
    return STATE.compareAndSet(this, WATCHED, FREE);
  }

  /** Passes it on; under the guard, whose holder sees to it that somebody is called. */
  void pass() {
    STATE.setRelease(this, FREE);
  }

  /** From now on somebody must be called when it is passed on. */
  void unwatch() {
    STATE.compareAndSet(this, WATCHED, TAKEN);
  }
}
