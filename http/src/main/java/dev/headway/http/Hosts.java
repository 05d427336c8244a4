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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** The throttles of hosts, and what servers say of them. */
final class Hosts {

  private static final String ALLOWANCE = "the server's word";

  private final Throttle all;
  private final KeyedThrottle<String> hosts;
  private final boolean heedServers;
  private final Duration longestPause;

  /** Puts requests and answers in order, where two may have the same time. */
  private final AtomicLong steps = new AtomicLong();

  Hosts(
      Throttle all, BiConsumer<String, Limits> rules, boolean heedServers, Duration longestPause) {
    this.all = all;
    this.hosts = all.keyed(rules);
    this.heedServers = heedServers;
    this.longestPause = longestPause;
  }

  Throttle throttle(URI uri) {
    return hosts.get(name(uri));
  }

  /** The host's name, with its port unless that is the scheme's. */
  static String name(URI uri) {
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    int usual = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    return uri.getPort() == -1 || uri.getPort() == usual ? host : host + ":" + uri.getPort();
  }

  /** What of a cost counts: a throttle without any limit takes no notice of budgets. */
  Cost counted(Throttle host, Cost cost) {
    boolean limited = cost.budgets().isEmpty() || ours(host).findAny().isPresent();
    return limited ? cost : Cost.permits(cost.permits());
  }

  /** The next step; a request is sent at one, and a word heard at another. */
  long step() {
    return steps.incrementAndGet();
  }

  /**
   * How long to leave a host alone that has refused a request: as long as it asks for, or else one
   * period of the longest rate.
   */
  Duration pause(Throttle host, ServerAdvice advice) {
    return shortened(advice.pause().orElseGet(() -> longestPeriod(host)));
  }

  private Duration longestPeriod(Throttle host) {
    long nanos = ours(host).mapToLong(rule -> rule.limit().periodNanos()).max().orElse(0);
    return nanos == 0 ? Duration.ofSeconds(1) : Duration.ofNanos(nanos);
  }

  private Duration shortened(Duration pause) {
    return pause.compareTo(longestPause) > 0 ? longestPause : pause;
  }

  /**
   * Keeps to what a server says is left, unless our limits are within its policy anyway.
   *
   * @param cost what the request takes that brought the word, and has not given back
   * @param askedAt the step at which it was sent
   */
  void heed(Throttle host, ServerAdvice advice, Cost cost, long askedAt) {
    if (!heedServers || advice.quota().isEmpty() || keepsWithin(host, advice.policies())) {
      return;
    }
    Quota quota = advice.quota().get();
    long resetAt = host.timeSource().nanoTime() + shortened(quota.resetIn()).toNanos();
    Allowance allowance =
        new Allowance(quota.remaining(), resetAt, cost.permits(), askedAt, step());
    host.update(List.of(new Rule(ALLOWANCE, Cost.PERMITS, allowance)), false);
  }

  private boolean keepsWithin(Throttle host, List<Rate> policies) {
    if (policies.isEmpty()) {
      return false;
    }
    List<Limit> limits =
        ours(host).filter(rule -> rule.currency().equals(Cost.PERMITS)).map(Rule::limit).toList();
    return policies.stream()
        .allMatch(policy -> limits.stream().anyMatch(limit -> keepsWithin(limit, policy)));
  }

  /** The rules that hold for a host, without what the server says. */
  private Stream<Rule> ours(Throttle host) {
    return Stream.concat(all.snapshot().rules().stream(), host.snapshot().rules().stream())
        .filter(rule -> !rule.kind().equals(ALLOWANCE));
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
