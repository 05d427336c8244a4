package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.throttle.spi.WaitingCaller;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A caller in a queue. Its fields belong to the queue's lock, but for {@link #state}, which can be
 * read without it: once that is not {@link State#WAITING}, {@link #grantedAt} and {@link
 * #rejection} can be read too.
 */
abstract class Waiter implements WaitingCaller {

  /** First come, first served. */
  static final Comparator<Waiter> ORDER =
      Comparator.comparingLong(Waiter::rank).thenComparingLong(waiter -> waiter.arrival);

  enum State {
    WAITING,
    GRANTED,
    REJECTED,
    GONE
  }

  final Settings settings;
  final Cost cost;

  /** Tells of it; null if there is no listener or recording. */
  final @Nullable Observation observation;

  /** By how much earlier than it did it counts as having come. */
  final long headStartNanos;

  /** When it came. */
  long since;

  /** Orders callers that count as having come at one instant. */
  long arrival;

  @Nullable Waiter previous;
  @Nullable Waiter next;

  /** Whether it only asks a remote limit: it is not counted and never waits for longer. */
  boolean onlyAsks;

  /** Whether a remote limit has yet to say whether it may wait. */
  boolean undecided;

  /** When its cost started, if it is granted. */
  long grantedAt;

  EntryDecision.@Nullable Rejection rejection;
  volatile State state = State.GONE;

  Waiter(Settings settings, Cost cost, long headStartNanos, @Nullable Observation observation) {
    this.settings = settings;
    this.cost = cost;
    this.headStartNanos = headStartNanos;
    this.observation = observation;
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

  /** Whether this one is served before another. */
  boolean before(Waiter other) {
    return ORDER.compare(this, other) < 0;
  }

  /** Whether it may wait behind so many others for at least so long. */
  EntryDecision admit(int ahead, long waitNanos) {
    return onlyAsks ? new EntryDecision.Waiting(0) : settings.admit(ahead, waitNanos);
  }

  /** Wakes the caller: its state is now granted or rejected. Called without the lock. */
  abstract void wake();

  /** Tells the listener that it waits. Called without the lock. */
  void tellWaiting(long expectedNanos) {
    if (!onlyAsks && observation != null) {
      observation.waiting(expectedNanos);
    }
  }
}
