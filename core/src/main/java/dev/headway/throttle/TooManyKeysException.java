package dev.headway.throttle;

/**
 * A {@link KeyedThrottle} holds as many keys as {@code atMost} allows, and all are in use or
 * remember a start.
 */
public final class TooManyKeysException extends ThrottleExceededException {

  private static final long serialVersionUID = 1L;

  /** Creates one with a message for people. */
  public TooManyKeysException(String message) {
    super(message);
  }
}
