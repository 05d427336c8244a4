package dev.headway.http;

import dev.headway.Cost;
import dev.headway.KeyedThrottle;
import dev.headway.Limits;
import dev.headway.Rate;
import dev.headway.Throttle;
import dev.headway.limit.Limit;
import dev.headway.limit.Rule;
import dev.headway.limit.SlidingWindow;
import dev.headway.limit.Spacing;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** The throttles of hosts, and what servers say of them. */
final class Hosts {

  private static final String ALLOWANCE = "the server's word";

  private final Throttle all;
  private final KeyedThrottle<String> hosts;
  private final boolean heedServers;
  private final Duration longestPause;

  Hosts(
      Throttle all,
      BiConsumer<String, Limits> rules,
      boolean heedServers,
      Duration longestPause) {
    this.all = all;
    this.hosts = all.keyed(rules);
    this.heedServers = heedServers;
    this.longestPause = longestPause;
  }

  Throttle throttle(URI uri) {
    return hosts.get(key(uri));
  }

  /** The host's name, with its port unless that is the scheme's. */
  private static String key(URI uri) {
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    int usual = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    return uri.getPort() == -1 || uri.getPort() == usual ? host : host + ":" + uri.getPort();
  }

  /** How long to leave a host alone that has asked for it. */
  Duration pause(Duration asked) {
    return asked.compareTo(longestPause) > 0 ? longestPause : asked;
  }

  /** Keeps to what a server says is left, unless our limits are within its policy anyway. */
  void heed(Throttle host, ServerAdvice advice, Cost cost) {
    if (!heedServers || advice.quota().isEmpty() || keepsWithin(host, advice.policies())) {
      return;
    }
    Quota quota = advice.quota().get();
    long resetAt = host.timeSource().nanoTime() + pause(quota.resetIn()).toNanos();
    // What is under way counts as used, and the request that brought the word still is.
    Allowance allowance = new Allowance(quota.remaining() + cost.permits(), resetAt);
    host.update(List.of(new Rule(ALLOWANCE, Cost.PERMITS, allowance)), false);
  }

  private boolean keepsWithin(Throttle host, List<Rate> policies) {
    if (policies.isEmpty()) {
      return false;
    }
    List<Limit> limits =
        Stream.concat(all.snapshot().rules().stream(), host.snapshot().rules().stream())
            .filter(rule -> rule.currency().equals(Cost.PERMITS))
            .map(Rule::limit)
            .toList();
    return policies.stream()
        .allMatch(policy -> limits.stream().anyMatch(limit -> keepsWithin(limit, policy)));
  }

  private static boolean keepsWithin(Limit limit, Rate policy) {
    return switch (limit) {
      case SlidingWindow window -> mostOf(window.rate(), policy) <= policy.permits();
      case Spacing spacing ->
          mostOf(Rate.of(1, spacing.rate().interval()), policy) <= policy.permits();
      default -> false;
    };
  }

  /** The most that a rate lets through in a policy's window, wherever it is laid. */
  private static double mostOf(Rate rate, Rate policy) {
    double periods = (double) policy.period().toNanos() / rate.period().toNanos();
    return rate.permits() * Math.ceil(periods);
  }
}
