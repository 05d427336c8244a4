package dev.headway.throttle;

import java.util.concurrent.RejectedExecutionException;

/** A throttle refuses a caller. The caller has consumed nothing. */
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
