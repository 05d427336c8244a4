package dev.headway;

import org.jspecify.annotations.Nullable;

/**
 * The success or failure of one item.
 *
 * @param <T> items
 * @param <R> results
 */
public sealed interface Outcome<T extends @Nullable Object, R extends @Nullable Object> {

  /** The item. */
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
   * @param item the item
   * @param index the item's place in the input, from 0
   * @param attempts the number of attempts, without those that were told "too many requests"
   * @param timing when it ran
   * @param value the task's result
   */
  record Success<T extends @Nullable Object, R extends @Nullable Object>(
      T item, long index, int attempts, Timing timing, R value) implements Outcome<T, R> {}

  /**
   * A task that has failed for good.
   *
   * @param item the item
   * @param index the item's place in the input, from 0
   * @param attempts the number of attempts, without those that were told "too many requests"
   * @param timing when it ran
   * @param exception the failure; its cause is the last exception of the task
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
