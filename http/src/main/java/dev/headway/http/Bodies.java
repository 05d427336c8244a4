package dev.headway.http;

import java.net.http.HttpResponse;

/** Bodies of responses that nobody will see. */
final class Bodies {

  private Bodies() {}

  /** Closes a response's body if it can be, such as a stream, whose connection is free then. */
  static void discard(HttpResponse<?> response) {
    if (response.body() instanceof AutoCloseable body) {
      try {
        body.close();
      } catch (Exception nobodyWouldHaveReadIt) {
        // It is as good as closed.
      }
    }
  }
}
