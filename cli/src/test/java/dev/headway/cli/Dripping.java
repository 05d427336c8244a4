package dev.headway.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** A server on loopback that sends a body byte by byte, with a pause after each. */
final class Dripping implements AutoCloseable {

  private final HttpServer server;

  Dripping(int bytes, Duration pause) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Thread::startVirtualThread);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, bytes);
          try {
            for (int i = 0; i < bytes; i++) {
              exchange.getResponseBody().write('.');
              exchange.getResponseBody().flush();
              Thread.sleep(pause);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.start();
  }

  String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
