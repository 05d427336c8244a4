package dev.headway.distributed;

/**
 * A store has refused: no write permission, out of memory, no replicas. Thrown by a {@link Store},
 * so callers fail at once instead of after the timeout of a store that does not answer. Nothing was
 * consumed.
 */
public final class StoreRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /**
   * Creates an exception with the store's message.
   *
   * @param message the store's message
   * @param cause the driver's exception
   */
  public StoreRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
