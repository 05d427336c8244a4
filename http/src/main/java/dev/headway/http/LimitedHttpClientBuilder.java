package dev.headway.http;

import dev.headway.Retry;
import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.throttle.LimitsUpdate;
import dev.headway.throttle.Throttle;
import dev.headway.time.Durations;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** Builds a {@link LimitedHttpClient}. */
public final class LimitedHttpClientBuilder {

  private HttpClient.Builder client = HttpClient.newBuilder();
  private Throttle throttle = Throttle.unlimited();
  private BiConsumer<String, LimitsUpdate> perHost = (host, limits) -> {};
  private Scope scope = Scope.host();
  private boolean adaptsBounds;
  private boolean adaptsBoundsOfAll;
  private Redirect redirect = Redirect.NEVER;
  private final Set<String> privateHeaders = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
  private Retry retry = Retry.upTo(5).throttledUpTo(100);
  private boolean retryAnyMethod;
  private ResponsePolicy responses = ResponsePolicy.standard();
  private boolean probesFirst;
  private boolean heedServers = true;
  private Duration maxPause = Duration.ofSeconds(Long.MAX_VALUE);
  private Duration maxRefused = Duration.ofMinutes(15);
  private boolean timeoutPerAttempt;
  private Optional<String> userAgent = Optional.empty();
  private Function<URI, Optional<String>> proxyAuthorization = url -> Optional.empty();
  private boolean decompress;
  private long maxBody = Long.MAX_VALUE;
  private Consumer<? super ServerPause> onPause = pause -> {};

  LimitedHttpClientBuilder() {}

  /**
   * The underlying client: version, executor, proxy, TLS and so on. Its redirect policy is replaced
   * by this builder's.
   */
  public LimitedHttpClientBuilder client(HttpClient.Builder client) {
    this.client = client;
    return this;
  }

  /** The throttle that all requests wait on. */
  public LimitedHttpClientBuilder throttle(Throttle throttle) {
    this.throttle = throttle;
    return this;
  }

  /**
   * The rate of each host, counted {@linkplain Counted#onArrival on arrival}, so the server never
   * sees more. The bound adapts as {@link #adaptArrivalBounds} says.
   *
   * @param rate as {@link Rate#parse} reads it
   * @throws IllegalArgumentException if it is not a rate
   */
  public LimitedHttpClientBuilder perHost(String rate) {
    Rate parsed = Rate.parse(rate);
    this.adaptsBounds = true;
    return perHost((host, limits) -> limits.rate(parsed, Counted.onArrival(ArrivalBound.FIRST)));
  }

  /**
   * The limits of each host, or of each scope if {@link #scope} is given, in addition to the limits
   * of all requests.
   *
   * @param rules adds the limits of a host, given by name, with its port unless it is the default
   *     of the scheme
   */
  public LimitedHttpClientBuilder perHost(BiConsumer<String, LimitsUpdate> rules) {
    this.perHost = rules;
    return this;
  }

  /**
   * Which requests share the limits of {@link #perHost}, what their server states of its own
   * limits, and its pauses; those of one host unless given.
   */
  public LimitedHttpClientBuilder scope(Scope scope) {
    this.scope = scope;
    return this;
  }

  /**
   * Learns how long requests may take to arrive, and sets the bound of each rate that is counted
   * {@linkplain Counted#onArrival on arrival}, of hosts and of all: a second until there are 100
   * responses without a refusal, then a tenth of the period, between 50 ms and a second; twice as
   * long after each refusal, up to the period. Do not use it where the throttle of all is shared
   * with others that set its limits.
   */
  public LimitedHttpClientBuilder adaptArrivalBounds() {
    this.adaptsBounds = true;
    this.adaptsBoundsOfAll = true;
    return this;
  }

  /**
   * Sends one request to each host, or to each scope if {@link #scope} is given, before the others:
   * what its response states of the server's limits then holds for all of them. Without a response
   * the others follow after a second. By default none waits for another, so the first responses may
   * be refusals where more are sent at once than the server takes.
   *
   * <p>A request whose timeout is less than a second may fail because it is not the first.
   */
  public LimitedHttpClientBuilder probeFirst() {
    this.probesFirst = true;
    return this;
  }

  /** The redirects that are followed; none by default. */
  public LimitedHttpClientBuilder followRedirects(Redirect redirect) {
    this.redirect = redirect;
    return this;
  }

  /**
   * Header fields that hold secrets, by their names in any case. Where a redirect leads to another
   * scheme, host or port, they are not sent on. Besides those given, these hold secrets: {@code
   * Authorization}, {@code Proxy-Authorization}, {@code Cookie}, and names with a word such as key,
   * token, secret, password, session, signature or auth.
   */
  public LimitedHttpClientBuilder privateHeaders(Collection<String> names) {
    this.privateHeaders.addAll(names);
    return this;
  }

  /**
   * The number of retries and the backoff. The failures that it selects are ignored: {@link
   * #responsePolicy} decides which requests can be retried. By default 5 retries, and 100 responses
   * that ask to slow down.
   */
  public LimitedHttpClientBuilder retry(Retry retry) {
    this.retry = retry;
    return this;
  }

  /** Whether to retry requests that the server may then carry out twice, such as a POST. */
  public LimitedHttpClientBuilder retryAnyMethod(boolean retryAnyMethod) {
    this.retryAnyMethod = retryAnyMethod;
    return this;
  }

  /** What responses mean; {@link ResponsePolicy#standard} unless given. */
  public LimitedHttpClientBuilder responsePolicy(ResponsePolicy responses) {
    this.responses = responses;
    return this;
  }

  /**
   * Whether to keep within the remaining quota that servers report; true by default. A response
   * that asks to slow down is always obeyed.
   */
  public LimitedHttpClientBuilder heedServers(boolean heedServers) {
    this.heedServers = heedServers;
    return this;
  }

  /**
   * The longest pause of a host that a request waits for. A refusal that asks for a longer one is
   * returned; no pause is cut short. Unlimited by default.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public LimitedHttpClientBuilder maxPause(Duration longest) {
    this.maxPause = requireNotNegative("maxPause", longest);
    return this;
  }

  /**
   * How long a host may refuse every request without giving a time before a refusal is returned; 15
   * minutes by default. Pauses that the server asks for do not count.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public LimitedHttpClientBuilder maxRefused(Duration longest) {
    this.maxRefused = requireNotNegative("maxRefused", longest);
    return this;
  }

  private static Duration requireNotNegative(String name, Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(
          name + " must be 0 or more, not " + Durations.print(duration));
    }
    return duration;
  }

  /**
   * Applies the timeout of a request to each attempt. By default it covers all of {@code send}:
   * waits for limits, retries and pauses that servers ask for.
   */
  public LimitedHttpClientBuilder timeoutPerAttempt() {
    this.timeoutPerAttempt = true;
    return this;
  }

  /**
   * The credentials for proxies: the value of {@code Proxy-Authorization} by the URL of an attempt,
   * of redirects too. The JDK's client sends it to the proxy alone; for HTTPS only where the JVM
   * option {@code -Djdk.http.auth.tunneling.disabledSchemes=} permits Basic.
   */
  public LimitedHttpClientBuilder proxyAuthorization(Function<URI, Optional<String>> byUrl) {
    this.proxyAuthorization = byUrl;
    return this;
  }

  /** The {@code User-Agent} of requests that have none; that of the JDK's client unless given. */
  public LimitedHttpClientBuilder userAgent(String userAgent) {
    this.userAgent = Optional.of(userAgent);
    return this;
  }

  /**
   * Asks for compressed bodies, and decodes them: {@code gzip} and {@code deflate}. Off unless
   * called. A request that has an {@code Accept-Encoding} of its own is left alone, and its
   * response as it was received. The header fields of a response stay as they were received.
   */
  public LimitedHttpClientBuilder decompress() {
    this.decompress = true;
    return this;
  }

  /**
   * The longest body of a response that is handed over, in bytes, after decoding; a longer one is
   * an {@link java.io.IOException} and is not retried. Any length unless given.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public LimitedHttpClientBuilder maxBody(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("maxBody must be 0 bytes or more, not " + bytes);
    }
    this.maxBody = bytes;
    return this;
  }

  /**
   * Calls a listener when a host is paused because of its response. The thread that reads the
   * response calls it, so it should return soon. Its exceptions are logged.
   */
  public LimitedHttpClientBuilder onPause(Consumer<? super ServerPause> listener) {
    this.onPause = listener;
    return this;
  }

  /** Builds the client. */
  public LimitedHttpClient build() {
    HttpClient below = client.followRedirects(Redirect.NEVER).build();
    RetryPolicy policy =
        new RetryPolicy(
            responses, retry.when(failure -> true), retryAnyMethod, maxRefused, maxPause);
    Optional<ArrivalBounds> bounds =
        adaptsBounds
            ? Optional.of(new ArrivalBounds(throttle, adaptsBoundsOfAll))
            : Optional.empty();
    HostThrottles hosts =
        new HostThrottles(throttle, perHost, scope, heedServers, probesFirst, bounds, onPause);
    return new LimitedHttpClient(
        below,
        redirect,
        name -> PrivateHeaders.isPrivate(name) || privateHeaders.contains(name),
        new RetryingSender(hosts, policy, below.connectTimeout()),
        throttle.timeSource(),
        BodySettings.of(userAgent, decompress, maxBody),
        proxyAuthorization,
        timeoutPerAttempt);
  }
}
