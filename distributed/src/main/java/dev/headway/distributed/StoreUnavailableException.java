package dev.headway.distributed;

import dev.headway.throttle.ThrottleExceededException;

/**
 * The store of a shared limit has not answered in time, or has answered with an error, which the
 * message and the cause have. The caller has consumed nothing.
 */
public final class StoreUnavailableException extends ThrottleExceededException {

  private static final long serialVersionUID = 1;

  /** Creates an exception with a message for people and a cause. */
  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
