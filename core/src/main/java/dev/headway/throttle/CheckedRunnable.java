package dev.headway.throttle;

/**
 * Work that has no result and may throw a checked exception.
 *
 * @param <X> the exception; inferred as {@code RuntimeException} where the work throws none
 */
@FunctionalInterface
public interface CheckedRunnable<X extends Exception> {

  /**
   * Does the work.
   *
   * @throws X if it fails
   */
  void run() throws X;
}
