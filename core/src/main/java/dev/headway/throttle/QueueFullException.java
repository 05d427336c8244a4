package dev.headway.throttle;

/** The wait queue is full: see {@code maxWaiting}. */
public final class QueueFullException extends ThrottleExceededException {

  private static final long serialVersionUID = 1L;

  /** Creates one with a message for people. */
  public QueueFullException(String message) {
    super(message);
  }
}
