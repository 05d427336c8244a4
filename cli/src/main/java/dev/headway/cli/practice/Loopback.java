package dev.headway.cli.practice;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/**
 * The transport of a practice server: HTTP/1.1 on loopback, a virtual thread for each request.
 *
 * <p>The JDK's server takes its settings from system properties, once, when the first server of a
 * JVM starts. Those that matter for many fast callers are set here unless they have a value: no
 * delay before small packets are sent, and as many idle connections, for as long, as a large run
 * keeps open.
 */
final class Loopback implements AutoCloseable {

  private static final int BACKLOG = 4_096;
  private static final byte[] ADDRESS = {127, 0, 0, 1};
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpServer http;
  private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Serves until it is closed.
   *
   * @param port the port, or 0 for any that is free
   * @throws java.net.BindException if the port is taken or may not be used
   * @throws IOException if the server cannot start for another reason
   */
  Loopback(int port, HttpHandler handler) throws IOException {
    setUnlessGiven("sun.net.httpserver.nodelay", "true");
    setUnlessGiven("sun.net.httpserver.maxIdleConnections", "10000");
    setUnlessGiven("sun.net.httpserver.idleInterval", "300");
    http =
        HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(ADDRESS), port), BACKLOG);
    http.setExecutor(handlers);
    http.createContext("/", handler);
    http.start();
  }

  private static void setUnlessGiven(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** The address without a path, such as {@code http://127.0.0.1:8080}. */
  URI uri() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  /** Closes all connections, answered or not, and returns when nothing of the server is left. */
  @Override
  public void close() {
    http.stop(0);
    handlers.shutdownNow();
    handlers.close();
  }

  /** Takes time; returns false if the server is closed meanwhile. */
  static boolean takeTime(Duration duration) {
    try {
      Thread.sleep(duration);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Answers with JSON. */
  static void answer(HttpExchange exchange, int status, Object content) throws IOException {
    byte[] json = JSON.writeValueAsBytes(content);
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", "application/json");
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(json.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, json.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(json);
    }
  }
}
