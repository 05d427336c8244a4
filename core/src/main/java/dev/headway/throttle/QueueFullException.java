package dev.headway.throttle;

/** As many callers wait for the throttle as may: see {@code maxWaiting}. */
public final class QueueFullException extends ThrottleExceededException {

  private static final long serialVersionUID = 1L;

  /** Creates one with a message for people. */
  public QueueFullException(String message) {
    super(message);
  }
}
