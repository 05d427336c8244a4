package dev.headway;

import org.jspecify.annotations.Nullable;

/**
 * What a run does with each item where nothing comes of it. As a {@link Task}, without a result.
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
