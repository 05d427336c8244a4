package dev.headway.cli.option;

/** The command line is wrong. Its message says what was given, what is allowed and what to do. */
public final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates one. */
  public UsageException(String message) {
    super(message);
  }

  /** Creates one with the reason. */
  public UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
