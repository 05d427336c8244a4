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
sealed interface Decision {

  /** The caller has its permit. */
  record Granted() implements Decision {}

  /** The caller waits, for at least so long; 0 if the throttle does not ask for that. */
  record Waiting(long expectedNanos) implements Decision {}

  /** The caller waits until a remote limit says whether it may wait. */
  record Undecided() implements Decision {}

  Decision GRANTED = new Granted();
  Decision UNDECIDED = new Undecided();

  /** The caller gets no permit. */
  sealed interface Rejection extends Decision {

    /**
     * The exception for the caller.
     *
     * @param throttle the throttle's name
     */
    RuntimeException exception(String throttle);
  }

  /** The wait queue has no place left. */
  record QueueFull(long most) implements Rejection {
    @Override
    public RuntimeException exception(String throttle) {
      return new QueueFullException(
          "the wait queue of \""
              + throttle
              + "\" is full: "
              + most
              + (most == 1 ? " caller waits" : " callers wait")
              + ", the maximum; try again later, or raise maxWaiting");
    }
  }

  /** The wait would be longer than allowed. */
  record WaitTooLong(long nanos, long longestNanos) implements Rejection {
    @Override
    public RuntimeException exception(String throttle) {
      return new WaitTooLongException(
          "the wait for \""
              + throttle
              + "\" would be at least "
              + Durations.print(Duration.ofNanos(nanos))
              + ", longer than its maxWait of "
              + Durations.print(Duration.ofNanos(longestNanos)));
    }
  }

  /** A limit's capacity is below the cost. */
  record TooExpensive(Cost cost, LimitSet.TooSmall limit) implements Rejection {
    @Override
    public RuntimeException exception(String throttle) {
      return new IllegalArgumentException(
          cost
              + " can never start: \""
              + limit.rule().limit()
              + "\" allows at most "
              + limit.capacity()
              + " "
              + limit.rule().currency()
              + " in one piece; ask for less, or split the work");
    }
  }

  /** No permit is open whose end could let the cost start. */
  record NeverReady(Cost cost, List<Rule> rules) implements Rejection {
    @Override
    public RuntimeException exception(String throttle) {
      return new IllegalArgumentException(
          cost
              + " can never start: no permit is open, and the limits "
              + rules
              + " do not allow it");
    }
  }

  /** The throttle has been closed. */
  record Closed() implements Rejection {
    @Override
    public RuntimeException exception(String throttle) {
      return new ThrottleClosedException("throttle \"" + throttle + "\" has been closed");
    }
  }

  /** A limit failed. */
  record Failed(Throwable cause) implements Rejection {
    @Override
    public RuntimeException exception(String throttle) {
      return switch (cause) {
        case RuntimeException exception -> exception;
        default ->
            new IllegalStateException(
                "a limit of throttle \"" + throttle + "\" failed: " + cause, cause);
      };
    }
  }
}
