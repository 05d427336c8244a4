package dev.headway.throttle;

/** The wait would be longer than {@code maxWait}. */
public final class WaitTooLongException extends ThrottleExceededException {

  private static final long serialVersionUID = 1L;

  /** Creates one with a message for people. */
  public WaitTooLongException(String message) {
    super(message);
  }
}
