package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.throttle.spi.WaitingCaller;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A caller in line. Its fields belong to the gate's guard, but for {@link #state}, which others may
 * read: once it is not {@link State#WAITING}, {@link #permit} and {@link #failure} can be read too.
 */
abstract class Waiter implements WaitingCaller {

  /** First come, first served. */
  static final Comparator<Waiter> ORDER =
      Comparator.comparingLong(Waiter::rank).thenComparingLong(waiter -> waiter.arrival);

  enum State {
    WAITING,
    GRANTED,
    FAILED,
    GONE
  }

  final Cost cost;

  /** By how much earlier than it did it counts as having come. */
  final long headStartNanos;

  long since;

  /** Tells those apart that count as having come at one instant. */
  long arrival;

  @Nullable Waiter previous;
  @Nullable Waiter next;

  /** What decides whether it may wait, as long as that cannot be told. */
  Gate.@Nullable Refusal refusal;

  /** Whether it only asks, and is not in line for anybody who hears of that. */
  boolean onlyAsks;

  /** Whether it could not be told at once. */
  boolean postponed;

  @Nullable LocalPermit permit;
  @Nullable RuntimeException failure;
  volatile State state = State.WAITING;

  Waiter(Cost cost, long headStartNanos) {
    this.cost = cost;
    this.headStartNanos = headStartNanos;
  }

  @Override
  public Cost cost() {
    return cost;
  }

  @Override
  public long since() {
    return since;
  }

  /** The instant at which it counts as having come. */
  long rank() {
    return since - headStartNanos;
  }

  /** Whether this one is to be served before another. */
  boolean before(Waiter other) {
    return ORDER.compare(this, other) < 0;
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
