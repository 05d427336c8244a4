package dev.headway.throttle;

/** As many keys' throttles are in use or remember something as may: see {@code atMost}. */
public final class TooManyKeysException extends ThrottleExceededException {

  private static final long serialVersionUID = 1L;

  /** Creates one with a message for people. */
  public TooManyKeysException(String message) {
    super(message);
  }
}
