package dev.headway.throttle;

/**
 * Work that has a result and may throw a checked exception.
 *
 * @param <T> the result
 * @param <X> the exception; inferred as {@code RuntimeException} where the work throws none
 */
@FunctionalInterface
public interface CheckedSupplier<T, X extends Exception> {

  /**
   * Does the work.
   *
   * @throws X if it fails
   */
  T get() throws X;
}
