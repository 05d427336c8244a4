package dev.headway;

import org.jspecify.annotations.Nullable;

/**
 * The work of a run on one item, like a {@link Task} but without a result.
 *
 * @param <T> items
 */
@FunctionalInterface
public interface Action<T extends @Nullable Object> {

  /**
   * Works on one item.
   *
   * @throws Exception if it fails
   */
  void run(T item) throws Exception;
}
