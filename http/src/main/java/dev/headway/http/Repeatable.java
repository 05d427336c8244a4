package dev.headway.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.util.Set;

/**
 * Which requests may be sent again.
 *
 * @param anyMethod whether those may that could then be carried out twice
 */
record Repeatable(boolean anyMethod) {

  /** RFC 9110, section 9.2.2. */
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

  private static final Set<Integer> PASSING_STATUS = Set.of(408, 425, 500, 502, 503, 504);

  /** A failure that may pass, so that the request is worth another attempt. */
  static final class Passing extends Exception {

    private static final long serialVersionUID = 1L;

    Passing(String message) {
      super(message);
    }

    Passing(IOException cause) {
      super(cause);
    }
  }

  static boolean isPassing(Throwable failure) {
    return failure instanceof Passing;
  }

  private boolean allows(HttpRequest request) {
    return anyMethod || IDEMPOTENT.contains(request.method());
  }

  /** Whether a response is worth another attempt. */
  boolean after(HttpRequest request, int status) {
    return PASSING_STATUS.contains(status) && allows(request);
  }

  /** Whether a failure is worth another attempt; any method's is that never reached the server. */
  boolean after(HttpRequest request, IOException failure) {
    return isNoConnection(failure) || (allows(request) && !isOfOurMaking(failure));
  }

  private static boolean isNoConnection(Throwable failure) {
    return failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException;
  }

  /** Whether it comes from the handler or the publisher of a body, which would fail again. */
  private static boolean isOfOurMaking(IOException failure) {
    return failure.getCause() instanceof RuntimeException || failure.getCause() instanceof Error;
  }

  /**
   * A failure to connect, if that is behind one: the JDK's client hides it where it may not retry.
   */
  static IOException reasonOf(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException reason && isNoConnection(cause)) {
        return reason;
      }
    }
    return failure;
  }
}
