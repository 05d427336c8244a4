package dev.headway.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on loopback that answers as a test tells it, and remembers what it was asked. */
final class TestServer implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
  private final Answers answers;

  /** What came. */
  record Request(String method, String target, Headers fields, String body) {}

  /** What goes back. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int status, String body, String... fields) {}

  /** Says what goes back; it may wait. */
  interface Answers {
    /**
     * Answers a request.
     *
     * @param count how many have come, with this one
     */
    Answer to(Request request, int count) throws Exception;
  }

  TestServer(Answers answers) {
    this(InetAddress.getLoopbackAddress(), answers);
  }

  TestServer(InetAddress address, Answers answers) {
    this.answers = answers;
    try {
      server = HttpServer.create(new InetSocketAddress(address, 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Answers all requests alike. */
  static TestServer of(int status, String... fields) {
    return new TestServer((request, count) -> new Answer(status, "body", fields));
  }

  /** Answers the first requests so, each with its own status, and all others with 200. */
  static TestServer first(int... statuses) {
    return new TestServer((request, count) ->
        new Answer(count <= statuses.length ? statuses[count - 1] : 200, "answer " + count));
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      connections.add(exchange.getRemoteAddress());
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Request request =
          new Request(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              exchange.getRequestHeaders(),
              body);
      int count;
      synchronized (requests) {
        requests.add(request);
        count = requests.size();
      }
      Answer answer = answers.to(request, count);
      for (int i = 0; i < answer.fields().length; i += 2) {
        exchange.getResponseHeaders().add(answer.fields()[i], answer.fields()[i + 1]);
      }
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      boolean bodyless = request.method().equals("HEAD") || bytes.length == 0;
      exchange.sendResponseHeaders(answer.status(), bodyless ? -1 : bytes.length);
      if (!bodyless) {
        exchange.getResponseBody().write(bytes);
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  URI uri(String path) {
    return URI.create("http://" + host() + path);
  }

  /** The host's name and port. */
  String host() {
    String address = server.getAddress().getAddress().getHostAddress();
    String host = address.contains(":") ? "[" + address + "]" : address;
    return host + ":" + server.getAddress().getPort();
  }

  int port() {
    return server.getAddress().getPort();
  }

  HttpRequest get(String path) {
    return HttpRequest.newBuilder(uri(path)).build();
  }

  HttpRequest post(String path, String body) {
    return HttpRequest.newBuilder(uri(path))
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  /** What has come, in order. */
  List<Request> requests() {
    return requests;
  }

  /** From how many addresses requests came. */
  int connections() {
    return connections.size();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
