package dev.headway;

import org.jspecify.annotations.Nullable;

/**
 * The success or failure of one item.
 *
 * @param <T> items
 * @param <R> results
 */
public sealed interface Outcome<T extends @Nullable Object, R extends @Nullable Object> {

  /** What the task worked on. */
  T item();

  /** The item's place in the input, from 0. */
  long index();

  /** The number of attempts, without those that were told "too many requests". */
  int attempts();

  /** When it ran. */
  Timing timing();

  /**
   * The task's result.
   *
   * @throws TaskFailedException if it failed
   */
  R value();

  /**
   * A task that has returned.
   *
   * @param item what the task worked on
   * @param index the item's place in the input, from 0
   * @param attempts the number of attempts, without those that were told "too many requests"
   * @param timing when it ran
   * @param value what it returned
   */
  record Success<T extends @Nullable Object, R extends @Nullable Object>(
      T item, long index, int attempts, Timing timing, R value) implements Outcome<T, R> {}

  /**
   * A task that has failed for good.
   *
   * @param item what the task worked on
   * @param index the item's place in the input, from 0
   * @param attempts the number of attempts, without those that were told "too many requests"
   * @param timing when it ran
   * @param exception why, with what the task threw last as its cause
   */
  record Failure<T extends @Nullable Object, R extends @Nullable Object>(
      T item, long index, int attempts, Timing timing, TaskFailedException exception)
      implements Outcome<T, R> {

    @Override
    public R value() {
      throw exception;
    }
  }
}
