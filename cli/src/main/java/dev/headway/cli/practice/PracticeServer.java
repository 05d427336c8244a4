package dev.headway.cli.practice;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * An HTTP/1.1 server on loopback that holds its callers to a strict limit.
 *
 * <p>Every path but {@code /stats} is work: a request is accepted with a 200, or refused with a 429
 * and a {@code Retry-After}, by a sliding window that no interval escapes. Where there is a limit,
 * each answer carries the {@code RateLimit} and {@code RateLimit-Policy} fields. {@code /stats}
 * serves {@link #stats()} as JSON and is neither counted nor limited.
 *
 * <p>A request counts from the instant when its head was read, before its body is read and before
 * the latency passes.
 */
public final class PracticeServer implements AutoCloseable {

  private final ServerOptions options;
  private final LongSupplier nanoClock;
  private final Referee referee;
  private final ReentrantLock refereeLock = new ReentrantLock();
  private final Loopback http;

  private PracticeServer(ServerOptions options, LongSupplier nanoClock) throws IOException {
    this.options = options;
    this.nanoClock = nanoClock;
    referee = new Referee(options);
    http = new Loopback(options.port(), this::handle);
  }

  /**
   * Starts a server. It serves until it is closed.
   *
   * @throws java.net.BindException if the port is taken or may not be used
   * @throws IOException if the server cannot start for another reason
   */
  public static PracticeServer start(ServerOptions options) throws IOException {
    return start(options, System::nanoTime);
  }

  static PracticeServer start(ServerOptions options, LongSupplier nanoClock) throws IOException {
    return new PracticeServer(options, nanoClock);
  }

  /** The address without a path, such as {@code http://127.0.0.1:8080}. */
  public URI uri() {
    return http.uri();
  }

  /** The score so far. Each request is in it from when it arrives. */
  public ServerStats stats() {
    refereeLock.lock();
    try {
      return referee.stats();
    } finally {
      refereeLock.unlock();
    }
  }

  /** Closes all connections, answered or not, and returns when nothing of the server is left. */
  @Override
  public void close() {
    http.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/stats")) {
      drain(exchange);
      Loopback.answer(exchange, 200, stats());
      return;
    }
    Ruling ruling = rule();
    long bodyLength = drain(exchange);
    if (!Loopback.takeTime(options.latency())) {
      exchange.close();
      return;
    }
    String method = exchange.getRequestMethod();
    switch (ruling) {
      case Ruling.Dropped dropped -> exchange.close();
      case Ruling.Accepted accepted -> {
        putFields(exchange.getResponseHeaders(), accepted.remaining(), accepted.moreAfterNanos());
        Loopback.answer(exchange, 200, new Receipt(path, method, accepted.number(), bodyLength));
      }
      case Ruling.Refused refused -> {
        long retryAfter = ServerRateLimitFields.seconds(refused.retryAfterNanos());
        exchange.getResponseHeaders().set("Retry-After", Long.toString(retryAfter));
        putFields(exchange.getResponseHeaders(), 0, refused.retryAfterNanos());
        String error = "%s: try again in %d s".formatted(refused.reason(), retryAfter);
        Loopback.answer(exchange, 429, new Refusal(path, method, refused.number(), error));
      }
    }
  }

  /** Reads the clock under the lock, so that the referee sees times that never go backwards. */
  private Ruling rule() {
    refereeLock.lock();
    try {
      return referee.rule(nanoClock.getAsLong());
    } finally {
      refereeLock.unlock();
    }
  }

  private void putFields(Headers headers, long remaining, long moreAfterNanos) {
    options
        .quota()
        .ifPresent(quota -> ServerRateLimitFields.put(headers, quota, remaining, moreAfterNanos));
  }

  /** Reads the body to its end, without which the connection could not be used again. */
  private static long drain(HttpExchange exchange) throws IOException {
    try (InputStream body = exchange.getRequestBody()) {
      return body.transferTo(OutputStream.nullOutputStream());
    }
  }

  private record Receipt(String path, String method, long number, long bodyLength) {}

  private record Refusal(String path, String method, long number, String error) {}
}
