package dev.headway;

import org.jspecify.annotations.Nullable;

/** A task of a run has failed for good. The cause is its last exception. */
public sealed class TaskFailedException extends RuntimeException permits InvalidTaskException {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable Object item;
  private final long index;
  private final int attempts;

  /**
   * Creates an exception.
   *
   * @param item the item
   * @param index its place in the input, from 0
   * @param attempts the number of attempts
   * @param cause the last exception of the task
   */
  public TaskFailedException(@Nullable Object item, long index, int attempts, Throwable cause) {
    this(
        "task " + index + " failed" + times(attempts) + ": " + cause, item, index, attempts, cause);
  }

  TaskFailedException(
      String message, @Nullable Object item, long index, int attempts, @Nullable Throwable cause) {
    super(message, cause);
    this.item = item;
    this.index = index;
    this.attempts = attempts;
  }

  private static String times(int attempts) {
    return attempts == 1 ? "" : " after " + attempts + " attempts";
  }

  /** The item. */
  public @Nullable Object item() {
    return item;
  }

  /** The item's place in the input, from 0. */
  public long index() {
    return index;
  }

  /** The number of attempts, without those that were told "too many requests". */
  public int attempts() {
    return attempts;
  }
}
