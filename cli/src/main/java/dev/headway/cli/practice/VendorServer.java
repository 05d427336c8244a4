package dev.headway.cli.practice;

import com.sun.net.httpserver.HttpExchange;
import dev.headway.cli.vendor.Imitation;
import dev.headway.cli.vendor.VendorName;
import dev.headway.cli.vendor.VendorRequest;
import dev.headway.cli.vendor.VendorResponse;
import dev.headway.cli.vendor.VendorSettings;
import dev.headway.cli.vendor.VendorStats;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An HTTP/1.1 server on loopback with the limits of a service, which it states as that does.
 *
 * <p>{@code /stats} serves {@link #stats()} as JSON and is neither counted nor limited. A request
 * counts when its body has been read, before the latency passes. A body of more than 64 MiB is
 * refused with 413.
 */
public final class VendorServer implements AutoCloseable {

  private static final int LONGEST_BODY = 64 << 20;

  private final Duration latency;
  private final Imitation imitation;
  private final ReentrantLock lock = new ReentrantLock();
  private final Instant startedAt = Instant.now();
  private final long startNanos = System.nanoTime();
  private final Loopback http;

  private VendorServer(ServerOptions options, VendorName name, VendorSettings settings)
      throws IOException {
    this.latency = options.latency();
    this.imitation = new Imitation(name, settings, options.busyEvery(), options.dropEvery());
    this.http = new Loopback(options.port(), this::handle);
  }

  /**
   * Starts a server. It serves until it is closed.
   *
   * @param options its port, its latency, and how often it is busy or drops a request; the settings
   *     have the limits
   * @throws java.net.BindException if the port is taken or may not be used
   * @throws IOException if the server cannot start for another reason
   */
  public static VendorServer start(ServerOptions options, VendorName name, VendorSettings settings)
      throws IOException {
    return new VendorServer(options, name, settings);
  }

  /** The address without a path, such as {@code http://127.0.0.1:8080}. */
  public URI uri() {
    return http.uri();
  }

  /** The score so far. */
  public VendorStats stats() {
    lock.lock();
    try {
      return imitation.stats();
    } finally {
      lock.unlock();
    }
  }

  /** Closes all connections, answered or not, and returns when nothing of the server is left. */
  @Override
  public void close() {
    http.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    if (exchange.getRequestURI().getPath().equals("/stats")) {
      Loopback.answer(exchange, 200, stats());
      return;
    }
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = in.readNBytes(LONGEST_BODY + 1);
    }
    if (body.length > LONGEST_BODY) {
      Loopback.answer(exchange, 413, Map.of("error", "the body is longer than 64 MiB"));
      return;
    }
    Optional<VendorResponse> response = rule(exchange, new String(body, StandardCharsets.UTF_8));
    if (response.isEmpty() || !Loopback.takeTime(latency.plus(response.get().takes()))) {
      exchange.close();
      return;
    }
    ended(response.get());
    response.get().fields().forEach(exchange.getResponseHeaders()::set);
    Loopback.answer(exchange, response.get().status(), response.get().body());
  }

  /** Reads the clock under the lock, so that the times of requests never go backwards. */
  private Optional<VendorResponse> rule(HttpExchange exchange, String body) {
    Map<String, String> fields = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> fields.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    lock.lock();
    try {
      long now = System.nanoTime();
      return imitation.answer(
          new VendorRequest(
              imitation.nextNumber(),
              exchange.getRequestMethod(),
              exchange.getRequestURI().getPath(),
              fields,
              body,
              now,
              startedAt.plusNanos(now - startNanos)));
    } finally {
      lock.unlock();
    }
  }

  private void ended(VendorResponse response) {
    lock.lock();
    try {
      response.ended().accept(System.nanoTime());
    } finally {
      lock.unlock();
    }
  }
}
