package dev.headway.http;

import dev.headway.limit.Cost;
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
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * An {@link HttpClient} that keeps within limits, obeys the limits that servers report, and
 * retries. It works wherever an {@code HttpClient} does.
 *
 * <pre>{@code
 * HttpClient client =
 *     LimitedHttpClient.builder().throttle(Throttle.of("50/s")).perHost("2/s").build();
 * }</pre>
 *
 * <p>Each request, retry and redirect takes a permit and holds it until the body of its response is
 * read to the end or closed.
 *
 * <p>{@link ResponsePolicy} is the table of what responses mean. After a response that asks to slow
 * down its {@link Scope}, by default the host, is paused for as long as the response asks. Then the
 * request is the first to be sent; the refused attempt does not count. Without a time in the
 * response the pause is one second, and each further one is twice as long, up to a minute, until
 * the host accepts a request. After a pause, three requests at a time probe the host until one
 * succeeds.
 *
 * <p>A host that reports its remaining quota gets no more requests than that, unless the given
 * limits are within the policy that it reports.
 *
 * <p>Requests that fail, or whose responses mean a failure that may pass, are retried if their
 * method allows it (RFC 9110, section 9.2.2) or they have an {@code Idempotency-Key}, after a
 * backoff with jitter and not before {@code Retry-After}.
 *
 * <p>A body handler sees only the last response. If the retries run out, that is the failure or the
 * refusal itself. A connection that breaks within that body is an {@code IOException}, since the
 * handler has already seen a part.
 *
 * <p>{@link HttpRequest#timeout} covers waiting, retries and redirects until the head of the last
 * response has arrived; with {@link LimitedHttpClientBuilder#timeoutPerAttempt} it covers each
 * attempt.
 *
 * <p>The JDK's client resends a GET or HEAD by itself, unseen, if a reused connection breaks. The
 * JVM option {@code -Djdk.httpclient.redirects.retrylimit=1} disables that; it also disables the
 * JDK's redirects, which this client does not use. The answer of an authenticator to a challenge is
 * sent unseen, too, under the permit of its request.
 */
public final class LimitedHttpClient extends HttpClient {

  private final HttpClient client;
  private final Redirect redirect;
  private final Redirects redirects;
  private final TimeSource time;
  private final BodySettings bodies;
  private final Function<URI, Optional<String>> proxyAuthorization;
  private final boolean timeoutPerAttempt;
  private final InFlight inFlight;

  LimitedHttpClient(
      HttpClient client,
      Redirect redirect,
      Predicate<String> isPrivate,
      RetryingSender sender,
      TimeSource time,
      BodySettings bodies,
      Function<URI, Optional<String>> proxyAuthorization,
      boolean timeoutPerAttempt) {
    this.client = client;
    this.redirect = redirect;
    this.redirects = new Redirects(redirect, isPrivate, sender, time);
    this.time = time;
    this.bodies = bodies;
    this.proxyAuthorization = proxyAuthorization;
    this.timeoutPerAttempt = timeoutPerAttempt;
    this.inFlight = new InFlight(client::shutdown);
  }

  /** Builds a client. By default it has no limits, obeys servers and retries five times. */
  public static LimitedHttpClientBuilder builder() {
    return new LimitedHttpClientBuilder();
  }

  /**
   * The host whose limits apply to a URL: its name, with its port unless it is the default of the
   * scheme.
   */
  public static String hostOf(URI uri) {
    return HostThrottles.name(uri);
  }

  /**
   * Sends a request within the limits, and reports its attempts and times.
   *
   * @param handler reads the body of the last response; called again for another attempt if the
   *     connection breaks within a body
   * @param cost the cost of each attempt
   * @throws ExchangeFailedException if no response came, or there were too many redirects
   * @throws IOException if this client is closed
   * @throws InterruptedException if interrupted; no permit is held then
   * @throws IllegalArgumentException if the cost can never be met
   * @throws dev.headway.throttle.ThrottleExceededException if an attempt gets no permit
   */
  public <T> Exchange<T> exchange(HttpRequest request, BodyHandler<T> handler, Cost cost)
      throws IOException, InterruptedException {
    return exchange(request, handler, cost, response -> {});
  }

  /**
   * Sends a request within the limits, as {@link #exchange(HttpRequest, BodyHandler, Cost)}, and
   * hands each response to a consumer under the permit of its attempt.
   */
  public <T> Exchange<T> exchange(
      HttpRequest request,
      BodyHandler<T> handler,
      Cost cost,
      Consumer<? super HttpResponse<T>> received)
      throws IOException, InterruptedException {
    return exchange(request, handler, cost, UnaryOperator.identity(), received);
  }

  /**
   * Sends a request within the limits, as {@link #exchange(HttpRequest, BodyHandler, Cost)}.
   *
   * @param sending makes what is sent of each attempt, under its permit and just before it is sent:
   *     such as a token that has expired meanwhile, or the rest of a download. It gets redirected
   *     requests, too, and must not add secrets to those.
   * @param received gets each response under the permit of its attempt, so it can settle the
   *     attempt's cost with {@link dev.headway.throttle.Permit#current()}. The body of a response
   *     that is retried or redirected is null. An exception fails the attempt.
   */
  public <T> Exchange<T> exchange(
      HttpRequest request,
      BodyHandler<T> handler,
      Cost cost,
      UnaryOperator<HttpRequest> sending,
      Consumer<? super HttpResponse<T>> received)
      throws IOException, InterruptedException {
    RetryingSender.Sender<T> sender =
        (each, body) -> {
          HttpResponse<T> response = client.send(sending.apply(each), body);
          received.accept(response);
          return response;
        };
    inFlight.announce();
    try {
      RetryingSender.Call<T> call = call(request, cost, handler, false, sender);
      return inFlight.run(() -> redirects.send(call));
    } finally {
      inFlight.end();
    }
  }

  private Deadline deadline(HttpRequest request) {
    return timeoutPerAttempt ? Deadline.none(time) : Deadline.of(time, request.timeout());
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    RetryingSender.Call<T> call = call(request, handler, client::send);
    inFlight.announce();
    try {
      return sendAnnounced(call);
    } finally {
      inFlight.end();
    }
  }

  private <T> RetryingSender.Call<T> call(
      HttpRequest request, BodyHandler<T> handler, RetryingSender.Sender<T> sender) {
    return call(request, Cost.one(), handler, true, sender);
  }

  private <T> RetryingSender.Call<T> call(
      HttpRequest request,
      Cost cost,
      BodyHandler<T> handler,
      boolean once,
      RetryingSender.Sender<T> sender) {
    return new RetryingSender.Call<>(
        bodies.added().to(request),
        cost,
        deadline(request),
        bodies.limiting(handler),
        once,
        bodies.decoding(
            request,
            (each, body) -> sender.send(AddedHeaders.forProxy(each, proxyAuthorization), body)));
  }

  private <T> HttpResponse<T> sendAnnounced(RetryingSender.Call<T> call)
      throws IOException, InterruptedException {
    try {
      return inFlight.run(() -> redirects.send(call)).response();
    } catch (ExchangeFailedException e) {
      throw e.failure();
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler) {
    return begin(call(request, handler, client::send));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      BodyHandler<T> handler,
      @Nullable PushPromiseHandler<T> pushPromiseHandler) {
    return begin(
        call(
            request,
            handler,
            (each, body) -> Async.await(client.sendAsync(each, body, pushPromiseHandler))));
  }

  private <T> CompletableFuture<HttpResponse<T>> begin(RetryingSender.Call<T> call) {
    try {
      inFlight.announce();
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    return Async.of(time, () -> sendAnnounced(call), inFlight::end);
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

  /** A web socket of the underlying client, without limits. */
  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    return client.newWebSocketBuilder();
  }

  /** Rejects new exchanges. Those in flight continue, with their retries and redirects. */
  @Override
  public void shutdown() {
    inFlight.close();
  }

  @Override
  public boolean awaitTermination(Duration duration) throws InterruptedException {
    return client.awaitTermination(inFlight.await(duration));
  }

  @Override
  public boolean isTerminated() {
    return inFlight.isOver() && client.isTerminated();
  }

  /** Closes this client. Exchanges in flight fail with an {@link IOException}, waiting or not. */
  @Override
  public void shutdownNow() {
    client.shutdownNow();
    inFlight.stop();
  }
}
