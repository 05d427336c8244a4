package dev.headway.cli.fetch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.ResponseInfo;

/** Where the body of one response goes. */
interface BodySink {

  /** Which it is for the responses to the attempts at one request. */
  interface Chooser {

    /** What is sent of an attempt that begins. */
    default HttpRequest prepare(HttpRequest request) {
      return request;
    }

    BodySink choose(ResponseInfo head);

    /** No attempt follows. */
    default void close() {}
  }

  /** All of it in memory. */
  static BodySink inMemory() {
    return new BodySink() {
      private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

      @Override
      public OutputStream stream() {
        return bytes;
      }

      @Override
      public Body whole() {
        return Body.of(bytes.toByteArray());
      }

      @Override
      public void abandon() {
        // Memory needs no tidying.
      }
    };
  }

  /**
   * What to write it to.
   *
   * @throws IOException if there is nothing that can be written to
   */
  OutputStream stream() throws IOException;

  /**
   * All of it has been written.
   *
   * @throws IOException if it cannot be kept
   */
  Body whole() throws IOException;

  /** It will not be whole: leaves nothing of it. */
  void abandon();
}
