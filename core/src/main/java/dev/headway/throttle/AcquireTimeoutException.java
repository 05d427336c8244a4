package dev.headway.throttle;

/** The caller has waited for as long as it may: see {@code maxWait}. */
public final class AcquireTimeoutException extends ThrottleExceededException {

  private static final long serialVersionUID = 1L;

  /** Creates one with a message for people. */
  public AcquireTimeoutException(String message) {
    super(message);
  }
}
