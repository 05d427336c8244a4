package dev.headway.cli.fetch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse.ResponseInfo;

/** Where the body of one response goes. */
interface BodySink {

  /** Which it is for a response. */
  interface Chooser {
    BodySink choose(ResponseInfo head);
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
