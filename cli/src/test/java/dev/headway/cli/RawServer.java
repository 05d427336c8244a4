package dev.headway.cli;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A server on loopback that gives the same bytes to each request. */
final class RawServer implements AutoCloseable {

  private final HttpServer server;
  private volatile @Nullable Headers last;

  RawServer(int status, byte[] body, String header, String value) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          last = exchange.getRequestHeaders();
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set(header, value);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  static byte[] encoded(String encoding, byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        encoding.equals("gzip") ? new GZIPOutputStream(bytes) : new DeflaterOutputStream(bytes)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  /** The values of a header of the last request. */
  String lastHeader(String name) {
    return String.join(", ", Objects.requireNonNull(last).getOrDefault(name, List.of()));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
