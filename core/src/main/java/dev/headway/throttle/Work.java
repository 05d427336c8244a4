package dev.headway.throttle;

/**
 * Some work with a result.
 *
 * @param <T> its result
 * @param <X> what it throws
 */
@FunctionalInterface
public interface Work<T, X extends Exception> {

  /**
   * Does it.
   *
   * @throws X if it fails
   */
  T run() throws X;
}
