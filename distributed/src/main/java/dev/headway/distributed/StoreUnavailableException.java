package dev.headway.distributed;

/**
 * The store of a shared limit has not answered in time, or has answered with an error, which the
 * message and the cause quote. The caller has consumed nothing.
 */
public final class StoreUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** An exception with a message for people, and what kept the store from answering. */
  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
