package dev.headway.throttle;

/** The caller would have to wait for longer than it may: see {@code maxWait}. */
public final class WaitTooLongException extends ThrottleExceededException {

  private static final long serialVersionUID = 1L;

  /** Creates one with a message for people. */
  public WaitTooLongException(String message) {
    super(message);
  }
}
