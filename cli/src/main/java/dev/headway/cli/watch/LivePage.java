package dev.headway.cli.watch;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Serves the page of a run on loopback, sends it a new picture twice a second and whenever
 * something is changed, and does what its buttons say.
 *
 * <p>A request without the token in its address gets nothing: it is random, and compared in
 * constant time. Requests that name another host, as a name that was made to lead here would, and
 * those that another site's page sends, are refused, token or not.
 */
public final class LivePage implements AutoCloseable {

  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final int TOKEN_BYTES = 18;
  private static final long EVERY_MILLIS = 500;
  private static final int MOST_WATCHERS = 16;

  /** How long those who watch have to take the last picture. */
  private static final long LONGEST_GOODBYE_MILLIS = 1_000;

  private static final int OK = 200;
  private static final int DONE = 204;
  private static final int BAD_REQUEST = 400;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int TOO_MANY = 503;

  private final HttpServer http;
  private final Set<String> names;
  private final byte[] token;
  private final Controls controls;
  private final Supplier<Picture> pictures;
  private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long changes;
  private int watchers;
  private boolean ended;

  private LivePage(int port, Controls controls, Supplier<Picture> pictures) throws IOException {
    this.controls = controls;
    this.pictures = pictures;
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    token = Base64.getUrlEncoder().withoutPadding().encode(random);
    http = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), 0);
    int taken = http.getAddress().getPort();
    names = Set.of("127.0.0.1:" + taken, "localhost:" + taken);
    http.setExecutor(handlers);
    http.createContext("/", this::handle);
  }

  /**
   * Starts to serve.
   *
   * @param port the port, or 0 for any that is free
   * @param pictures the run as it is when asked for; after {@link #close} has been called, as it
   *     ended
   * @throws java.net.BindException if the port is taken or may not be used
   * @throws IOException if it cannot be served for another reason
   */
  public static LivePage start(int port, Controls controls, Supplier<Picture> pictures)
      throws IOException {
    LivePage page = new LivePage(port, controls, pictures);
    page.http.start();
    return page;
  }

  /** The page's address, with the token. */
  public URI uri() {
    return URI.create(
        "http://127.0.0.1:"
            + http.getAddress().getPort()
            + "/"
            + new String(token, StandardCharsets.US_ASCII)
            + "/");
  }

  /** Shows those who watch how the run has ended, and returns when nothing of the page is left. */
  @Override
  public void close() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
      long left = TimeUnit.MILLISECONDS.toNanos(LONGEST_GOODBYE_MILLIS);
      while (watchers > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    http.stop(0);
    handlers.shutdownNow();
    handlers.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String[] path = exchange.getRequestURI().getRawPath().split("/", 3);
      if (path.length < 3 || !isToken(path[1])) {
        answer(exchange, NOT_FOUND);
      } else if (!asksForThis(exchange.getRequestHeaders())
          || (!path[2].isEmpty() && !isOfOurPage(exchange.getRequestHeaders()))) {
        answer(exchange, FORBIDDEN);
      } else {
        handle(exchange, path[2]);
      }
    }
  }

  private boolean isToken(String given) {
    return MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether a request asks for this server by its own name. */
  private boolean asksForThis(Headers headers) {
    String host = headers.getFirst("Host");
    return host != null && names.contains(host);
  }

  /**
   * Whether no other site's page has sent a request. The page itself may be gone to from anywhere,
   * such as from a terminal in a browser: the site that links there can neither read nor frame it.
   */
  private static boolean isOfOurPage(Headers headers) {
    String origin = headers.getFirst("Origin");
    String site = headers.getFirst("Sec-Fetch-Site");
    return (origin == null || origin.equals("http://" + headers.getFirst("Host")))
        && (site == null || site.equals("same-origin") || site.equals("none"));
  }

  private void handle(HttpExchange exchange, String asked) throws IOException {
    String method = exchange.getRequestMethod();
    boolean isPage = asked.isEmpty() || asked.equals("events");
    if (!method.equals(isPage ? "GET" : "POST")) {
      answer(exchange, NOT_ALLOWED);
      return;
    }
    switch (asked) {
      case "" -> page(exchange);
      case "events" -> events(exchange);
      case "pause" -> change(exchange, () -> controls.pause(true));
      case "resume" -> change(exchange, () -> controls.pause(false));
      case "rate" -> change(exchange, () -> controls.slow(percent(exchange)));
      default -> answer(exchange, NOT_FOUND);
    }
  }

  private void page(HttpExchange exchange) throws IOException {
    byte[] html = Page.of(pictures.get(), Page.Kind.LIVE).getBytes(StandardCharsets.UTF_8);
    Headers headers = headers(exchange, "text/html; charset=utf-8");
    headers.set(
        "Content-Security-Policy", Page.policy(Page.Kind.LIVE) + "; frame-ancestors 'none'");
    exchange.sendResponseHeaders(OK, html.length);
    exchange.getResponseBody().write(html);
  }

  private static Headers headers(HttpExchange exchange, String type) {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type);
    headers.set("Cache-Control", "no-store");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    return headers;
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
  }

  /** What a button does. */
  private interface Change {
    void make() throws IOException;
  }

  private void change(HttpExchange exchange, Change change) throws IOException {
    try {
      change.make();
    } catch (IllegalArgumentException e) {
      byte[] why = String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
      headers(exchange, "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(BAD_REQUEST, why.length);
      exchange.getResponseBody().write(why);
      return;
    }
    lock.lock();
    try {
      changes++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    answer(exchange, DONE);
  }

  /** The number that a request has as its body. */
  private static int percent(HttpExchange exchange) throws IOException {
    try (InputStream body = exchange.getRequestBody()) {
      return Integer.parseInt(new String(body.readNBytes(8), StandardCharsets.US_ASCII).strip());
    }
  }

  private void events(HttpExchange exchange) throws IOException {
    if (!enter()) {
      answer(exchange, TOO_MANY);
      return;
    }
    try {
      headers(exchange, "text/event-stream; charset=utf-8");
      exchange.sendResponseHeaders(OK, 0);
      send(exchange.getResponseBody());
    } finally {
      leave();
    }
  }

  private boolean enter() {
    lock.lock();
    try {
      boolean room = watchers < MOST_WATCHERS;
      watchers += room ? 1 : 0;
      return room;
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      watchers--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void send(OutputStream events) throws IOException {
    boolean last;
    long seen;
    do {
      lock.lock();
      try {
        last = ended;
        seen = changes;
      } finally {
        lock.unlock();
      }
      String event = "data: " + Page.json(pictures.get()) + "\n\n";
      events.write(event.getBytes(StandardCharsets.UTF_8));
      events.flush();
    } while (!last && isToGoOn(seen));
    events.close();
  }

  /** Waits for a while, or until something has changed since; false if interrupted. */
  private boolean isToGoOn(long seen) {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
      while (!ended && changes == seen && left > 0) {
        left = changed.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
