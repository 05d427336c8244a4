package dev.headway.http;

import dev.headway.Retry;
import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.throttle.LimitsUpdate;
import dev.headway.throttle.Throttle;
import dev.headway.time.Durations;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Builds a {@link LimitedHttpClient}. */
public final class LimitedHttpClientBuilder {

  private HttpClient.Builder client = HttpClient.newBuilder();
  private Throttle throttle = Throttle.unlimited();
  private BiConsumer<String, LimitsUpdate> perHost = (host, limits) -> {};
  private Redirect redirect = Redirect.NEVER;
  private Retry retry = Retry.upTo(5).throttledUpTo(100);
  private boolean retryAnyMethod;
  private boolean heedServers = true;
  private Duration maxPause = Duration.ofSeconds(Long.MAX_VALUE);
  private Duration maxRefused = Duration.ofMinutes(15);
  private boolean timeoutPerAttempt;
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
   * The rate of each host, counted from the end, so the server never sees more.
   *
   * @param rate as {@link Rate#parse} reads it
   * @throws IllegalArgumentException if it is not a rate
   */
  public LimitedHttpClientBuilder perHost(String rate) {
    Rate parsed = Rate.parse(rate);
    return perHost((host, limits) -> limits.rate(parsed, Counted.FROM_END));
  }

  /**
   * The limits of each host, in addition to the limits of all requests.
   *
   * @param rules adds the limits of a host, given by name, with its port unless it is the default
   *     of the scheme
   */
  public LimitedHttpClientBuilder perHost(BiConsumer<String, LimitsUpdate> rules) {
    this.perHost = rules;
    return this;
  }

  /** The redirects that are followed; none by default. */
  public LimitedHttpClientBuilder followRedirects(Redirect redirect) {
    this.redirect = redirect;
    return this;
  }

  /**
   * The number of retries and the backoff. The failures that it selects are ignored: this client
   * decides which requests can be retried. By default 5 retries, and 100 responses that ask to slow
   * down.
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
        new RetryPolicy(retry.when(failure -> true), retryAnyMethod, maxRefused, maxPause);
    HostThrottles hosts = new HostThrottles(throttle, perHost, heedServers, onPause);
    return new LimitedHttpClient(
        below,
        redirect,
        new RetryingSender(hosts, policy),
        throttle.timeSource(),
        timeoutPerAttempt);
  }
}
