package dev.headway.throttle;

/** The wait has taken longer than {@code maxWait} or the timeout of the call. */
public final class AcquireTimeoutException extends ThrottleExceededException {

  private static final long serialVersionUID = 1L;

  /** Creates one with a message for people. */
  public AcquireTimeoutException(String message) {
    super(message);
  }
}
