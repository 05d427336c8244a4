package dev.headway;

import org.jspecify.annotations.Nullable;

/** A task could not even start: it is null, or its cost can never be met. */
public final class InvalidTaskException extends TaskFailedException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates one.
   *
   * @param item what the task was to work on
   * @param index its place in the input, from 0
   * @param why what is wrong with it
   * @param cause what said so, if anything did
   */
  public InvalidTaskException(
      @Nullable Object item, long index, String why, @Nullable Throwable cause) {
    super("task " + index + " cannot start: " + why, item, index, 0, cause);
  }
}
