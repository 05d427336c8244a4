package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.LimitSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An event of a throttle, as its {@link ThrottleListener} gets it: a value, which holds no live
 * object but the key and the exception of a refusal.
 *
 * <p>A caller that has to wait is {@link Queued}, then {@link Waiting}, and at the end {@link
 * Granted}, {@link Refused} or {@link Abandoned}. A permit is {@link Granted} and {@link Released};
 * its number, which is unique in the process, pairs the two. Times are by the throttle's {@link
 * dev.headway.time.TimeSource}.
 */
public sealed interface ThrottleEvent {

  /** The throttle's name. That of a key is the name of the throttle it shares, "/" and the key. */
  String throttle();

  /**
   * The key, where the throttle is that of a key of a {@link KeyedThrottle}. Empty for any other,
   * and for one that a user's own class implements or that is shared by processes and was made for
   * its key alone.
   */
  Optional<Object> key();

  /** When it happened. */
  Instant at();

  /**
   * A caller has joined the queue. Told by its own thread before it waits; not told if it starts at
   * once.
   *
   * @param cost what it asks for
   */
  record Queued(String throttle, Optional<Object> key, Instant at, Cost cost)
      implements ThrottleEvent {}

  /**
   * A caller in the queue has to wait. Limits that are shared by processes may say so later than
   * {@link Queued}, by another thread.
   *
   * @param cost what it asks for
   * @param expected how long it waits at least, as far as the limits can tell
   */
  record Waiting(String throttle, Optional<Object> key, Instant at, Cost cost, Duration expected)
      implements ThrottleEvent {}

  /**
   * A caller has been granted a permit. Its start counts from when the listener returns.
   *
   * @param cost what it asked for
   * @param permit the permit's number
   * @param waited how long it waited; zero if it did not have to
   */
  record Granted(
      String throttle, Optional<Object> key, Instant at, Cost cost, long permit, Duration waited)
      implements ThrottleEvent {}

  /**
   * A permit has ended: it was closed, or its grant was taken back because its caller did not
   * resume in time or a limit failed. Callers that start because of its end may have started by
   * now.
   *
   * @param cost what it took, as settled
   * @param permit the permit's number, as in {@link Granted}
   * @param held how long it was held
   */
  record Released(
      String throttle, Optional<Object> key, Instant at, Cost cost, long permit, Duration held)
      implements ThrottleEvent {}

  /**
   * A caller gets no permit.
   *
   * @param cost what it asked for
   * @param reason the exception that it gets
   */
  record Refused(
      String throttle, Optional<Object> key, Instant at, Cost cost, RuntimeException reason)
      implements ThrottleEvent {}

  /**
   * A caller has left the queue: it was interrupted, its time was up or its future was cancelled.
   *
   * @param cost what it asked for
   * @param waited how long it waited
   */
  record Abandoned(String throttle, Optional<Object> key, Instant at, Cost cost, Duration waited)
      implements ThrottleEvent {}

  /**
   * The throttle pauses.
   *
   * @param pause for how long, from now
   */
  record Paused(String throttle, Optional<Object> key, Instant at, Duration pause)
      implements ThrottleEvent {}

  /** A pause has been ended, if there was one. */
  record Resumed(String throttle, Optional<Object> key, Instant at) implements ThrottleEvent {}

  /**
   * The limits have changed.
   *
   * @param limits the limits that are now in force, as values
   */
  record Updated(String throttle, Optional<Object> key, Instant at, List<LimitSnapshot> limits)
      implements ThrottleEvent {}

  /** The throttle has been closed. */
  record Closed(String throttle, Optional<Object> key, Instant at) implements ThrottleEvent {}
}
