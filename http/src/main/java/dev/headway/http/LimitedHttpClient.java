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
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * An {@link HttpClient} that keeps within limits, heeds what servers say of theirs, and retries
 * what may be retried. It works wherever an {@code HttpClient} does.
 *
 * <pre>{@code
 * HttpClient client = LimitedHttpClient.builder()
 *     .throttle(Throttle.of("50/s"))
 *     .perHost("2/s")
 *     .build();
 * }</pre>
 *
 * <p>Each request that is sent takes a permit, each retry and each redirect one of its own, until
 * its response has been received. These ask to slow down: 420, 429, 509, 529, 503 with {@code
 * Retry-After}, and 403 with {@code Retry-After} or with nothing left of a quota. Their host is
 * left alone for as long as it asks; then the request goes first, and that attempt does not count.
 * A host that does not say for how long gets a pause of one second, and twice as long each time
 * until it carries out a request, up to a minute; after a pause three requests at a time probe it
 * until one succeeds. A host that says how little is left gets no more requests than that, unless
 * the limits given are within the policy that it states. Requests that fail, or are answered 408,
 * 425, 500, 502, 503, 504, 520 to 524 or 530, are retried after a growing and random wait, and not
 * before {@code Retry-After}, if their method allows it (RFC 9110, section 9.2.2).
 *
 * <p>A body handler sees one response only, the last, whatever came before: where retries run out,
 * that is the failure or the refusal itself. A connection that breaks within that body is an {@code
 * IOException}, since the handler has already seen a part.
 *
 * <p>{@link HttpRequest#timeout} covers waiting, retries and redirects until the last response's
 * head has come, unless {@link LimitedHttpClientBuilder#timeoutPerAttempt} makes it each attempt's.
 *
 * <p>The JDK's own client sends a GET or HEAD again by itself, unseen, if a connection breaks that
 * it had kept open. Start the JVM with {@code -Djdk.httpclient.redirects.retrylimit=1} to keep it
 * from that; it then follows no redirects either, but this client does it for itself. What its
 * authenticator answers to a challenge is sent unseen, too, with the permit of the request.
 */
public final class LimitedHttpClient extends HttpClient {

  private final HttpClient client;
  private final Redirect redirect;
  private final Redirects redirects;
  private final TimeSource time;
  private final BodySettings bodies;
  private final boolean timeoutPerAttempt;
  private final InFlight inFlight;

  LimitedHttpClient(
      HttpClient client,
      Redirect redirect,
      Predicate<String> isPrivate,
      RetryingSender sender,
      TimeSource time,
      BodySettings bodies,
      boolean timeoutPerAttempt) {
    this.client = client;
    this.redirect = redirect;
    this.redirects = new Redirects(redirect, isPrivate, sender, time);
    this.time = time;
    this.bodies = bodies;
    this.timeoutPerAttempt = timeoutPerAttempt;
    this.inFlight = new InFlight(client::shutdown);
  }

  /** Begins a client without limits that heeds servers and retries five times. */
  public static LimitedHttpClientBuilder builder() {
    return new LimitedHttpClientBuilder();
  }

  /** The host whose limits hold for a URL: its name, with its port if that is not the scheme's. */
  public static String hostOf(URI uri) {
    return HostThrottles.name(uri);
  }

  /**
   * Sends a request within the limits, and says what it took.
   *
   * @param handler reads the body of the last response; called again for another attempt where a
   *     connection breaks within a body
   * @param cost what each attempt takes from the limits
   * @throws ExchangeFailedException if no response came, or there were too many redirects
   * @throws IOException if this client is closed
   * @throws InterruptedException if interrupted; nothing is held then
   * @throws IllegalArgumentException if the cost can never be met
   * @throws dev.headway.throttle.ThrottleExceededException if an attempt gets no place in the queue
   */
  public <T> Exchange<T> exchange(HttpRequest request, BodyHandler<T> handler, Cost cost)
      throws IOException, InterruptedException {
    return exchange(request, handler, cost, response -> {});
  }

  /**
   * Sends a request within the limits, as {@link #exchange(HttpRequest, BodyHandler, Cost)}.
   *
   * @param received gets each response while the permit of its attempt is held, which {@link
   *     dev.headway.throttle.Permit#current()} is then: so it can settle what the attempt took. The
   *     body of a response that is retried or redirected is null. What it throws fails the attempt.
   */
  public <T> Exchange<T> exchange(
      HttpRequest request,
      BodyHandler<T> handler,
      Cost cost,
      Consumer<? super HttpResponse<T>> received)
      throws IOException, InterruptedException {
    RetryingSender.Sender<T> sender =
        (each, body) -> {
          HttpResponse<T> response = client.send(each, body);
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
        bodies.decoding(request, sender));
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

  /** A web socket of the client below, which no limit holds for. */
  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    return client.newWebSocketBuilder();
  }

  /** Lets no exchange begin any more; those under way go on, their retries and redirects too. */
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

  /** Ends this client: what is under way fails with an {@link IOException}, waiting or not. */
  @Override
  public void shutdownNow() {
    client.shutdownNow();
    inFlight.stop();
  }
}
