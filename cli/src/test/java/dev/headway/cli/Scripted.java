package dev.headway.cli;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on loopback that answers as a test tells it, and remembers what came. */
final class Scripted implements AutoCloseable {

  /** A request that came, and when. */
  record Came(String method, String path, Headers headers, String body, long nanos) {}

  /** What goes back: a status, a body, and headers as names and values in turn. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int status, String body, String... headers) {}

  /** Says what goes back to the count-th request, from 1 on. */
  interface Script {
    Answer answer(Came request, int count) throws Exception;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Came> requests = new CopyOnWriteArrayList<>();
  private final Script script;

  Scripted(Script script) throws IOException {
    this.script = script;
    server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] sent = exchange.getRequestBody().readAllBytes();
      Came request =
          new Came(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              exchange.getRequestHeaders(),
              new String(sent, StandardCharsets.UTF_8),
              System.nanoTime());
      int count;
      synchronized (requests) {
        requests.add(request);
        count = requests.size();
      }
      Answer answer = script.answer(request, count);
      for (int i = 0; i < answer.headers().length; i += 2) {
        exchange.getResponseHeaders().add(answer.headers()[i], answer.headers()[i + 1]);
      }
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      boolean bodyless = request.method().equals("HEAD") || body.length == 0;
      exchange.sendResponseHeaders(answer.status(), bodyless ? -1 : body.length);
      if (!bodyless) {
        exchange.getResponseBody().write(body);
      }
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** Its address, without a slash at the end. */
  String uri() {
    return "http://" + host();
  }

  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Lines of so many URLs, one a path: /1, /2 and so on. */
  String urls(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      lines.append(uri()).append('/').append(i).append('\n');
    }
    return lines.toString();
  }

  List<Came> requests() {
    return requests;
  }

  List<String> paths() {
    return requests.stream().map(Came::path).toList();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
