package dev.headway.distributed;

/**
 * A store has answered with an error: it has no right to write, no room, no replicas. Thrown by a
 * {@link Store}, so that callers hear of it at once instead of after their patience with a store
 * that does not answer. Nothing was consumed.
 */
public final class StoreRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /**
   * An exception with the store's own words.
   *
   * @param message what the store said
   * @param cause the driver's exception
   */
  public StoreRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
