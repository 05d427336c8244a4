package dev.headway.cli.fetch;

import dev.headway.Retry;
import dev.headway.cli.option.ConnectionOptions;
import dev.headway.cli.option.FetchRetryOptions;
import dev.headway.cli.option.RequestLimits;
import dev.headway.cli.resume.EarlierStarts;
import dev.headway.http.LimitedHttpClient;
import dev.headway.limit.Pause;
import dev.headway.throttle.LimitsBuilder;
import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * Makes the client that sends all requests, as options say.
 *
 * @param timeout how long a connection may take to be made
 */
record Client(
    Throttle throttle,
    RequestLimits limits,
    FetchRetryOptions retries,
    ConnectionOptions connections,
    Duration timeout) {

  private static final int RETRIES_WHEN_REFUSED = 100;

  /**
   * Opens it.
   *
   * @param earlier what earlier runs have started
   * @param shown a host's name as it may be shown
   */
  LimitedHttpClient open(EarlierStarts earlier, ServerPauses pauses, UnaryOperator<String> shown) {
    HttpClient.Builder client =
        HttpClient.newBuilder().connectTimeout(timeout).executor(Thread::startVirtualThread);
    connections.proxy().map(ProxySelector::of).ifPresent(client::proxy);
    if (connections.insecure()) {
      client.sslContext(TrustAll.context());
    }
    return LimitedHttpClient.builder()
        .client(client)
        .throttle(throttle)
        .perHost((host, rules) -> limitHost(shown.apply(host), rules, earlier, pauses))
        .retry(Retry.upTo(retries.retries()).throttledUpTo(RETRIES_WHEN_REFUSED))
        .retryAnyMethod(retries.anyMethod())
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
