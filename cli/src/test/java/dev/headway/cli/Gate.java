package dev.headway.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that answers when a test lets it. */
final class Gate implements AutoCloseable {

  /** A header of those that need not wait, except for the one request that it names. */
  static final String PASS = "X-Pass";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final CountDownLatch open = new CountDownLatch(1);
  private final CountDownLatch last = new CountDownLatch(1);
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger passed = new AtomicInteger();

  Gate() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String pass = exchange.getRequestHeaders().getFirst(PASS);
      waiting.incrementAndGet();
      if (pass == null) {
        open.await();
      } else if (pass.endsWith(exchange.getRequestURI().getPath())) {
        last.await();
      }
      passed.incrementAndGet();
      exchange.sendResponseHeaders(200, -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How many requests have come. */
  int waiting() {
    return waiting.get();
  }

  /** How many were answered. */
  int passed() {
    return passed.get();
  }

  void open() {
    open.countDown();
  }

  void openLast() {
    last.countDown();
  }

  @Override
  public void close() {
    open();
    openLast();
    server.stop(0);
    threads.shutdownNow();
  }
}
