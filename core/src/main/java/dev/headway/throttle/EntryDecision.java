package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.Rule;
import dev.headway.throttle.spi.LimitSet;
import dev.headway.time.Durations;
import java.time.Duration;
import java.util.List;

/**
 * The queue's answer to a caller that cannot start at once. It is a value made under the queue's
 * lock; the exception of a rejection is made from it after that.
 */
sealed interface EntryDecision {

  /** The caller has its permit. */
  record Granted() implements EntryDecision {}

  /** The caller waits, for at least so long; 0 if the throttle does not ask for that. */
  record Waiting(long expectedNanos) implements EntryDecision {}

  /** The caller waits until a remote limit says whether it may wait. */
  record Undecided() implements EntryDecision {}

  EntryDecision GRANTED = new Granted();
  EntryDecision UNDECIDED = new Undecided();

  /** The caller gets no permit. */
  @FunctionalInterface
  non-sealed interface Rejection extends EntryDecision {

    /**
     * The exception for the caller.
     *
     * @param throttle the throttle's name
     */
    RuntimeException exception(String throttle);
  }

  /** The wait queue has no place left. */
  static Rejection queueFull(long most) {
    String wait = most == 1 ? "caller waits" : "callers wait";
    return throttle ->
        new QueueFullException(
            "the wait queue of \"%s\" is full: %d %s, the maximum; try again later, or raise maxWaiting"
                .formatted(throttle, most, wait));
  }

  /** The wait would be longer than allowed. */
  static Rejection waitTooLong(long nanos, long longestNanos) {
    return throttle ->
        new WaitTooLongException(
            "the wait for \"%s\" would be at least %s, longer than its maxWait of %s"
                .formatted(throttle, print(nanos), print(longestNanos)));
  }

  private static String print(long nanos) {
    return Durations.print(Duration.ofNanos(nanos));
  }

  /** A limit's capacity is below the cost. */
  static Rejection tooExpensive(Cost cost, LimitSet.TooSmall limit) {
    Rule rule = limit.rule();
    return throttle ->
        new IllegalArgumentException(
            "%s can never start: \"%s\" allows at most %d %s in one piece; ask for less, or split the work"
                .formatted(cost, rule.limit(), limit.capacity(), rule.currency()));
  }

  /** No permit is open whose end could let the cost start. */
  static Rejection neverReady(Cost cost, List<Rule> rules) {
    return throttle ->
        new IllegalArgumentException(
            "%s can never start: no permit is open, and the limits %s do not allow it"
                .formatted(cost, rules));
  }

  /** The throttle has been closed. */
  static Rejection closed() {
    return throttle ->
        new ThrottleClosedException("throttle \"%s\" has been closed".formatted(throttle));
  }

  /** A limit failed. */
  record Failed(Throwable cause) implements Rejection {
    @Override
    public RuntimeException exception(String throttle) {
      return cause instanceof RuntimeException exception
          ? exception
          : new IllegalStateException(
              "a limit of throttle \"%s\" failed: %s".formatted(throttle, cause), cause);
    }
  }
}
