package dev.headway.http;

import java.time.Duration;

/** What a response, or a failure to get one, means for its request. */
public sealed interface ResponseMeaning {

  /**
   * The server did nothing and asks to slow down: the request's scope pauses, and then the request
   * is sent again, whatever its method.
   *
   * @param atLeast the shortest pause; what the server asks for holds where that is longer. Zero
   *     leaves the length to the server, or to the client where the server states none
   */
  record SlowDown(Duration atLeast) implements ResponseMeaning {
    /** A pause as long as the server says. */
    public static final SlowDown AS_ASKED = new SlowDown(Duration.ZERO);
  }

  /**
   * It may pass: the request is sent again after a while.
   *
   * @param anyMethod whether that is so for any method, since the server did nothing; otherwise
   *     only if the method is idempotent, if the request has an {@code Idempotency-Key}, or if the
   *     client retries any method
   */
  record Retryable(boolean anyMethod) implements ResponseMeaning {
    /** The request is sent again if it may be carried out twice. */
    public static final Retryable IF_IDEMPOTENT = new Retryable(false);

    /** The request is sent again, whatever its method. */
    public static final Retryable ANY_METHOD = new Retryable(true);
  }

  /**
   * No further request succeeds until a person acts, such as by paying a bill. The response goes to
   * the caller, and {@link Exchange#stop} has the reason.
   *
   * @param reason why, for a person
   */
  record StopRun(String reason) implements ResponseMeaning {}

  /** The response goes to the caller. */
  record Final() implements ResponseMeaning {
    /** The only value that is needed. */
    public static final Final RESPONSE = new Final();
  }
}
