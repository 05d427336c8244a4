package dev.headway;

import org.jspecify.annotations.Nullable;

/** A task of a run has failed for good. The cause is what it threw last. */
public sealed class TaskFailedException extends RuntimeException permits InvalidTaskException {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable Object item;
  private final long index;
  private final int attempts;

  /**
   * Creates one.
   *
   * @param item what the task worked on
   * @param index its place in the input, from 0
   * @param attempts how often it was tried
   * @param cause what it threw last
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

  /** What the task worked on. */
  public @Nullable Object item() {
    return item;
  }

  /** The item's place in the input, from 0. */
  public long index() {
    return index;
  }

  /** How often it was tried, not counting when it was told to slow down. */
  public int attempts() {
    return attempts;
  }
}
