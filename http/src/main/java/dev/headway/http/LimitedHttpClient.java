package dev.headway.http;

import dev.headway.Cost;
import dev.headway.time.TimeSource;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * An {@link HttpClient} that keeps within limits, heeds what servers say of theirs, and tries again
 * what may be tried again. Code that takes an {@code HttpClient} cannot tell.
 *
 * <pre>{@code
 * HttpClient client = LimitedHttpClient.builder()
 *     .throttle(Throttle.of("50/s"))
 *     .perHost("2/s")
 *     .build();
 * }</pre>
 *
 * <p>Every request that is sent takes a permit, each retry and each redirect one of its own, until
 * its response has been received. A host that answers 429, or 503 with {@code Retry-After}, is left
 * alone for as long as it asks; the request then goes first, and that attempt does not count. A
 * host that says how little is left is asked for no more than that, unless the limits given are
 * within the policy that it states. Requests that fail, or are answered 408, 425, 500, 502, 503 or
 * 504, are tried again after a growing and random wait if their method allows it (RFC 9110, section
 * 9.2.2).
 *
 * <p>A response that is not handed out, because another attempt or a redirect follows it, has its
 * body closed if that can be.
 *
 * <p>The JDK's own client sends a GET or HEAD again by itself, unseen, if a connection breaks that
 * it had kept open. Start the JVM with {@code -Djdk.httpclient.redirects.retrylimit=1} to keep it
 * from that; it then follows no redirects either, but this client does it for itself. What its
 * authenticator answers to a challenge is sent unseen, too, with the permit of the request.
 */
public final class LimitedHttpClient extends HttpClient {

  private final HttpClient client;
  private final Redirect redirect;
  private final Exchanges exchanges;
  private final TimeSource time;
  private final Underway underway;

  LimitedHttpClient(HttpClient client, Redirect redirect, Exchanges exchanges, TimeSource time) {
    this.client = client;
    this.redirect = redirect;
    this.exchanges = exchanges;
    this.time = time;
    this.underway = new Underway(client::shutdown);
  }

  /** Begins a client without limits that heeds servers and tries five times more. */
  public static LimitedHttpClientBuilder builder() {
    return new LimitedHttpClientBuilder();
  }

  /** The host whose limits hold for a URL: its name, with its port if that is not the scheme's. */
  public static String hostOf(URI uri) {
    return Hosts.name(uri);
  }

  /**
   * Sends a request within the limits, and says what it took.
   *
   * @param cost what each attempt takes from the limits
   * @throws ExchangeFailedException if no response came, or there were too many redirects
   * @throws IOException if this client is closed
   * @throws InterruptedException if interrupted; nothing is held then
   * @throws IllegalArgumentException if the cost can never be met
   * @throws dev.headway.ThrottleExceededException if the first attempt was not let in line
   */
  public <T> Exchange<T> exchange(HttpRequest request, BodyHandler<T> handler, Cost cost)
      throws IOException, InterruptedException {
    return exchange(request, handler, cost, response -> {});
  }

  /**
   * Sends a request within the limits, as {@link #exchange(HttpRequest, BodyHandler, Cost)}.
   *
   * @param received gets each response while the permit of its attempt is held, which {@link
   *     dev.headway.Permit#current()} is then: so it can settle what the attempt took. What it
   *     throws fails the attempt.
   */
  public <T> Exchange<T> exchange(
      HttpRequest request,
      BodyHandler<T> handler,
      Cost cost,
      Consumer<? super HttpResponse<T>> received)
      throws IOException, InterruptedException {
    underway.announce();
    try {
      return underway.run(() ->
          exchange(
              request,
              cost,
              each -> {
                HttpResponse<T> response = client.send(each, handler);
                received.accept(response);
                return response;
              }));
    } finally {
      underway.end();
    }
  }

  private <T> Exchange<T> exchange(HttpRequest request, Cost cost, Exchanges.Sender<T> sender)
      throws IOException, InterruptedException {
    return new Redirects<T>(redirect).follow(request, each -> exchanges.send(each, cost, sender));
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    underway.announce();
    try {
      return sendAnnounced(request, each -> client.send(each, handler));
    } finally {
      underway.end();
    }
  }

  /** Sends what was announced. */
  private <T> HttpResponse<T> sendAnnounced(HttpRequest request, Exchanges.Sender<T> sender)
      throws IOException, InterruptedException {
    try {
      return underway.run(() -> exchange(request, Cost.one(), sender)).response();
    } catch (ExchangeFailedException e) {
      throw e.failure();
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler) {
    return begin(request, each -> client.send(each, handler));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      BodyHandler<T> handler,
      @Nullable PushPromiseHandler<T> pushPromiseHandler) {
    return begin(request, each -> Async.await(client.sendAsync(each, handler, pushPromiseHandler)));
  }

  private <T> CompletableFuture<HttpResponse<T>> begin(
      HttpRequest request, Exchanges.Sender<T> sender) {
    try {
      underway.announce();
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    return Async.of(time, () -> sendAnnounced(request, sender), underway::end);
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return client.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return client.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return redirect;
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return client.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return client.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return client.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return client.authenticator();
  }

  @Override
  public Version version() {
    return client.version();
  }

  @Override
  public Optional<Executor> executor() {
    return client.executor();
  }

  /** A web socket of the client below, which no limit holds for. */
  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    return client.newWebSocketBuilder();
  }

  /** Lets no exchange begin any more; those under way go on, their retries and redirects too. */
  @Override
  public void shutdown() {
    underway.close();
  }

  @Override
  public boolean awaitTermination(Duration duration) throws InterruptedException {
    return client.awaitTermination(underway.await(duration));
  }

  @Override
  public boolean isTerminated() {
    return underway.isOver() && client.isTerminated();
  }

  /** Ends this client: what is under way fails with an {@link IOException}, waiting or not. */
  @Override
  public void shutdownNow() {
    client.shutdownNow();
    underway.stop();
  }
}
