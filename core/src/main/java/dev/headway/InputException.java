package dev.headway;

/** The input of a run failed while it was iterated or closed. The cause is its exception. */
public final class InputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates one with a message for people. */
  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
