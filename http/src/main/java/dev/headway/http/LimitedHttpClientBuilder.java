package dev.headway.http;

import dev.headway.Counted;
import dev.headway.Limits;
import dev.headway.Rate;
import dev.headway.Retry;
import dev.headway.Throttle;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.function.BiConsumer;

/** Builds a {@link LimitedHttpClient}. */
public final class LimitedHttpClientBuilder {

  private HttpClient.Builder client = HttpClient.newBuilder();
  private Throttle throttle = Throttle.unlimited();
  private BiConsumer<String, Limits> perHost = (host, limits) -> {};
  private Redirect redirect = Redirect.NEVER;
  private Retry retry = Retry.upTo(5).throttledUpTo(100);
  private boolean retryAnyMethod;
  private boolean heedServers = true;
  private Duration longestPause = Duration.ofHours(1);

  LimitedHttpClientBuilder() {}

  /**
   * What the client is built of otherwise: its version, executor, proxy, TLS and so on. Its
   * redirects are this builder's.
   */
  public LimitedHttpClientBuilder client(HttpClient.Builder client) {
    this.client = client;
    return this;
  }

  /** What all requests wait on. */
  public LimitedHttpClientBuilder throttle(Throttle throttle) {
    this.throttle = throttle;
    return this;
  }

  /**
   * At most so many to each host in any period, counted from the end: what a server sees.
   *
   * @param rate as {@link Rate#parse} reads it
   * @throws IllegalArgumentException if it is not a rate
   */
  public LimitedHttpClientBuilder perHost(String rate) {
    Rate parsed = Rate.parse(rate);
    return perHost((host, limits) -> limits.rate(parsed, Counted.FROM_END));
  }

  /**
   * The limits of each host, besides those of all.
   *
   * @param rules adds a host's limits; the host is a name, with its port if that is not the
   *     scheme's
   */
  public LimitedHttpClientBuilder perHost(BiConsumer<String, Limits> rules) {
    this.perHost = rules;
    return this;
  }

  /** Which redirects are followed; none unless given. */
  public LimitedHttpClientBuilder followRedirects(Redirect redirect) {
    this.redirect = redirect;
    return this;
  }

  /**
   * How often, and after how long, a request is tried again that may be. Which failures are is not
   * asked of it. Without this: five times, and after 100 answers that ask to slow down.
   */
  public LimitedHttpClientBuilder retry(Retry retry) {
    this.retry = retry;
    return this;
  }

  /** Whether requests are tried again too that may then be carried out twice, such as a POST. */
  public LimitedHttpClientBuilder retryAnyMethod(boolean retryAnyMethod) {
    this.retryAnyMethod = retryAnyMethod;
    return this;
  }

  /**
   * Whether to heed what servers say is left; they do unless told otherwise. An answer that asks to
   * slow down is always heeded.
   */
  public LimitedHttpClientBuilder heedServers(boolean heedServers) {
    this.heedServers = heedServers;
    return this;
  }

  /**
   * How long a host is left alone at most, whatever it asks for; an hour unless given.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public LimitedHttpClientBuilder longestPause(Duration longest) {
    if (longest.isNegative()) {
      throw new IllegalArgumentException("a pause must not be negative: " + longest);
    }
    this.longestPause = longest;
    return this;
  }

  /** The client. */
  public LimitedHttpClient build() {
    HttpClient below = client.followRedirects(Redirect.NEVER).build();
    Repeatable repeatable = new Repeatable(retryAnyMethod);
    Hosts hosts = new Hosts(throttle, perHost, heedServers, longestPause);
    return new LimitedHttpClient(
        below,
        redirect,
        new Exchanges(hosts, repeatable, retry.when(Repeatable::isPassing)),
        throttle.timeSource());
  }
}
