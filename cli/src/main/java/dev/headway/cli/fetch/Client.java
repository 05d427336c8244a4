package dev.headway.cli.fetch;

import dev.headway.Retry;
import dev.headway.cli.model.Preset;
import dev.headway.cli.option.ConnectionOptions;
import dev.headway.cli.option.FetchRetryOptions;
import dev.headway.cli.option.RequestLimits;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.request.Secrets;
import dev.headway.cli.resume.EarlierStarts;
import dev.headway.http.LimitedHttpClient;
import dev.headway.http.LimitedHttpClientBuilder;
import dev.headway.http.Scope;
import dev.headway.limit.Pause;
import dev.headway.throttle.LimitsBuilder;
import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Makes the client that sends all requests, as options say.
 *
 * @param decodes whether compressed bodies are asked for and decoded
 * @param keys the header whose values requests have in turn
 * @param preset what a vendor's responses mean, if requests are calls of a language model
 * @param secrets hidden in the names of hosts
 */
record Client(
    RequestLimits limits,
    FetchRetryOptions retries,
    ConnectionOptions connections,
    Proxies proxies,
    Optional<SSLContext> tls,
    boolean decodes,
    KeyRotation keys,
    Optional<Preset> preset,
    Secrets secrets) {

  private static final String VERSION =
      Objects.requireNonNullElse(Client.class.getPackage().getImplementationVersion(), "dev");

  private static final int RETRIES_WHEN_REFUSED = 100;

  /**
   * Reads the files that options name.
   *
   * @throws UsageException if an option is wrong
   */
  static Client of(
      RequestLimits limits,
      FetchRetryOptions retries,
      ConnectionOptions connections,
      boolean decodes,
      KeyRotation keys,
      Optional<Preset> preset,
      Secrets secrets) {
    retries.retries();
    retries.check();
    connections.connectTimeout();
    return new Client(
        limits,
        retries,
        connections,
        new Proxies(connections.proxy(), System.getenv(), secrets),
        Tls.of(connections),
        decodes,
        keys,
        preset,
        secrets);
  }

  /** Which requests pause together. */
  Scope scope() {
    return keys.within(limits.scope(secrets::hide));
  }

  /**
   * Opens it.
   *
   * @param throttle what all requests wait on
   * @param earlier what earlier runs have started
   */
  LimitedHttpClient open(Throttle throttle, EarlierStarts earlier, ServerPauses pauses) {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .connectTimeout(connections.connectTimeout())
            .proxy(proxies)
            .executor(Thread::startVirtualThread);
    tls.ifPresent(client::sslContext);
    LimitedHttpClientBuilder limited = LimitedHttpClient.builder();
    if (decodes) {
      limited.decompress();
    }
    if (limits.adaptsBound()) {
      limited.adaptArrivalBounds();
    }
    return limited
        .client(client)
        .userAgent("headway/" + VERSION)
        .proxyAuthorization(proxies::authorization)
        .privateHeaders(secrets.headers())
        .throttle(throttle)
        .scope(scope())
        .probeFirst()
        .perHost((host, rules) -> limitHost(secrets.hideHost(host), rules, earlier, pauses))
        .retry(Retry.upTo(retries.retries()).throttledUpTo(RETRIES_WHEN_REFUSED))
        .retryAnyMethod(retries.anyMethod())
        .responsePolicy(new FetchPolicy(retries, preset, pauses))
        .timeoutPerAttempt()
        .maxRefused(retries.maxRefused())
        .maxPause(retries.maxWait().orElse(Duration.ofSeconds(Long.MAX_VALUE)))
        .onPause(pauses::begin)
        .followRedirects(connections.follow() ? Redirect.NORMAL : Redirect.NEVER)
        .build();
  }

  private void limitHost(
      String host, LimitsBuilder<?> rules, EarlierStarts earlier, ServerPauses pauses) {
    String name = "fetch/" + host;
    limits.addHostLimits(rules);
    rules.past(earlier.of(name));
    Duration pause = earlier.pauseOf(name);
    if (pause.isPositive()) {
      Pause rest = new Pause();
      rest.extend(TimeSource.system().nanoTime() + pause.toNanos());
      rules.limit(rest);
      pauses.lasts(host, pause);
    }
  }
}
