package dev.headway.throttle;

import java.util.concurrent.RejectedExecutionException;

/** A throttle refused a caller rather than let it wait. Nothing was taken for it. */
public sealed class ThrottleExceededException extends RejectedExecutionException
    permits QueueFullException,
        WaitTooLongException,
        AcquireTimeoutException,
        ThrottleClosedException,
        TooManyKeysException {

  private static final long serialVersionUID = 1L;

  ThrottleExceededException(String message) {
    super(message);
  }
}
