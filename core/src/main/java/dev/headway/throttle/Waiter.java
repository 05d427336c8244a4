package dev.headway.throttle;

import dev.headway.Cost;
import org.jspecify.annotations.Nullable;

/**
 * A caller in line. Its fields belong to the gate's guard, but for {@link #state}, which others may
 * read: once it is not {@link State#WAITING}, {@link #permit} and {@link #failure} can be read too.
 */
abstract class Waiter {

  enum State {
    WAITING,
    GRANTED,
    FAILED,
    GONE
  }

  final Cost cost;
  final boolean urgent;

  long arrival;
  long since;
  @Nullable Waiter previous;
  @Nullable Waiter next;

  @Nullable LocalPermit permit;
  @Nullable RuntimeException failure;
  volatile State state = State.WAITING;

  Waiter(Cost cost, boolean urgent) {
    this.cost = cost;
    this.urgent = urgent;
  }

  /** Whether this one is to be served before another. */
  boolean before(Waiter other) {
    return urgent == other.urgent ? arrival < other.arrival : urgent;
  }

  /** Tells the caller, outside the guard, that the state has become granted or failed. */
  abstract void told();

  /** What was granted; throws what the wait has failed with. */
  LocalPermit outcome() {
    if (failure != null) {
      throw failure;
    }
    if (permit == null) {
      throw new IllegalStateException("neither granted nor failed");
    }
    return permit;
  }
}
