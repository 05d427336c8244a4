package dev.headway;

import org.jspecify.annotations.Nullable;

/** A task could not even start: it is null, or its cost can never be met. */
public final class InvalidTaskException extends TaskFailedException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param item the item
   * @param index its place in the input, from 0
   * @param why the reason, as a sentence without a subject
   * @param cause the exception that reports it, if any
   */
  public InvalidTaskException(
      @Nullable Object item, long index, String why, @Nullable Throwable cause) {
    super("task " + index + " cannot start: " + why, item, index, 0, cause);
  }
}
