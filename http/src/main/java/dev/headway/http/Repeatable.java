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
    return allows(request)
        || failure instanceof ConnectException
        || failure instanceof HttpConnectTimeoutException;
  }
}
