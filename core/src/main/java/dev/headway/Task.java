package dev.headway;

import dev.headway.throttle.ThrottledException;
import org.jspecify.annotations.Nullable;

/**
 * The work of a run on one item. It runs in the item's own virtual thread, and is interrupted when
 * the run is cancelled. It may throw anything: a {@link ThrottledException} to run again when the
 * throttle's pause ends, any other exception to fail.
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
