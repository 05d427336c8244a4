package dev.headway;

import dev.headway.throttle.ThrottledException;
import org.jspecify.annotations.Nullable;

/**
 * What a run does with each item. It runs on a virtual thread of its own, is interrupted when the
 * run is cancelled, and may throw anything: a {@link ThrottledException} to be tried again later,
 * whatever else to fail.
 *
 * @param <T> items
 * @param <R> results
 */
@FunctionalInterface
public interface Task<T extends @Nullable Object, R extends @Nullable Object> {

  /**
   * Works on one item.
   *
   * @throws Exception if it fails
   */
  R run(T item) throws Exception;
}
