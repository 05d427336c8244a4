package dev.headway.distributed;

import dev.headway.throttle.ThrottleExceededException;

/**
 * The store of a shared limit has not answered in time, or has answered with an error, which the
 * message and the cause have. The caller has consumed nothing.
 */
public final class StoreUnavailableException extends ThrottleExceededException {

  private static final long serialVersionUID = 1;

  private final String reason;

  /**
   * Creates an exception.
   *
   * @param reason what the store has done, for people
   * @param cause what it said, or the attempt without an answer
   */
  public StoreUnavailableException(String reason, Throwable cause) {
    super(reason + "; nothing was consumed, and the next caller asks again", cause);
    this.reason = reason;
  }

  /** What the store has done: the message without what follows from it. */
  public String reason() {
    return reason;
  }
}
