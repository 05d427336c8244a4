package dev.headway.shared;

/**
 * The store of a shared limit could not be asked in time. Whoever gets this has consumed nothing.
 */
public final class StoreUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** An exception with a message for people, and what kept the store from answering. */
  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
