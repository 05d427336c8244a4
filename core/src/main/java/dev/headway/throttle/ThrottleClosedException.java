package dev.headway.throttle;

/** A throttle has been closed, so it grants no more permits. */
public final class ThrottleClosedException extends ThrottleExceededException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message for people. */
  public ThrottleClosedException(String message) {
    super(message);
  }
}
