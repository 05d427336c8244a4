package dev.headway.throttle;

import java.util.concurrent.RejectedExecutionException;

/**
 * A caller gets no permit: the queue is full, the wait is too long, a key is one too many, the
 * throttle is closed, or the store of a shared limit is away. The caller has consumed nothing.
 */
public class ThrottleExceededException extends RejectedExecutionException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message for people. */
  protected ThrottleExceededException(String message) {
    super(message);
  }

  /** Creates an exception with a message for people and a cause. */
  protected ThrottleExceededException(String message, Throwable cause) {
    super(message, cause);
  }
}
