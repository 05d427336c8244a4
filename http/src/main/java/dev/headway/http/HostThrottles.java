package dev.headway.http;

import dev.headway.limit.Cost;
import dev.headway.limit.Limit;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.LimitsUpdate;
import dev.headway.throttle.Throttle;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The throttles of scopes, by default of hosts, and what servers say of their own limits. */
final class HostThrottles {

  private static final System.Logger LOGGER = System.getLogger("dev.headway.http");

  private static final String QUOTA = "server quota";
  private static final String PROBES = "server probes";
  private static final Set<String> OF_SERVERS = Set.of(QUOTA, PROBES);

  /** Above this number of hosts, idle ones are forgotten. */
  private static final int MOST_REFUSING = 1_000;

  private final Throttle all;
  private final KeyedThrottle<String> hosts;
  private final Scope scopes;
  private final boolean heedServers;
  private final Optional<ArrivalBounds> bounds;
  private final Consumer<? super ServerPause> listener;

  /** Hosts that have refused a request and have not accepted one since. */
  private final Map<String, HostRefusals> refusing = new ConcurrentHashMap<>();

  /** Scopes whose first response has not come yet. */
  private final Set<String> unheard = ConcurrentHashMap.newKeySet();

  /** Orders requests and responses that have the same time. */
  private final AtomicLong steps = new AtomicLong();

  HostThrottles(
      Throttle all,
      BiConsumer<String, LimitsUpdate> rules,
      Scope scopes,
      boolean heedServers,
      boolean probesFirst,
      Optional<ArrivalBounds> bounds,
      Consumer<? super ServerPause> listener) {
    this.all = all;
    this.hosts =
        all.keyed((host, limits) -> {
          rules.accept(host, limits);
          limits.rule(rule(PROBES, probesFirst ? first(host) : ProbeLimit.off()));
          limits.rule(rule(QUOTA, ServerQuotaLimit.unheard(this::step)));
        });
    this.scopes = scopes;
    this.heedServers = heedServers;
    this.bounds = bounds;
    this.listener = listener;
  }

  /** Lets one request be sent to a scope, whose response states its limits. */
  private ProbeLimit first(String scope) {
    if (unheard.size() >= MOST_REFUSING) {
      // Those that are forgotten are probed until the time is over.
      unheard.clear();
    }
    unheard.add(scope);
    return ProbeLimit.first();
  }

  /** The name of a request's scope. */
  String scope(HttpRequest request) {
    return scopes.of(request);
  }

  Throttle throttle(String scope) {
    return hosts.get(scope);
  }

  /** The host's name, with its port unless that is the scheme's. */
  static String name(URI uri) {
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    int usual = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    return uri.getPort() == -1 || uri.getPort() == usual ? host : host + ":" + uri.getPort();
  }

  /** The part of a cost that counts: a throttle without any limit ignores budgets. */
  Cost counted(Throttle host, Cost cost) {
    boolean limited = cost.budgets().isEmpty() || ours(host).findAny().isPresent();
    return limited ? cost : Cost.permits(cost.permits());
  }

  /** The next step; a request is sent at one, and its response comes at another. */
  long step() {
    return steps.incrementAndGet();
  }

  /**
   * Pauses a host that has refused a request, and then sends a few probes.
   *
   * @param asked for how long the server asks to be left alone
   * @param sentAt the step at which the request was sent
   */
  HostRefusals.Decision refused(String scope, int status, Optional<Duration> asked, long sentAt) {
    Throttle host = hosts.get(scope);
    long now = host.timeSource().nanoTime();
    if (refusing.size() >= MOST_REFUSING) {
      refusing.values().removeIf(refusals -> refusals.isForgotten(now));
    }
    HostRefusals.Decision decision =
        refusing
            .computeIfAbsent(scope, n -> new HostRefusals())
            .refused(sentAt, step(), now, asked);
    if (decision.isNew()) {
      long forgottenAt = HostRefusals.forgottenAt(now, decision.pause());
      host.update(List.of(rule(PROBES, new ProbeLimit(forgottenAt))), false);
      host.pauseFor(decision.pause());
      bounds.ifPresent(each -> each.refused(scope, host));
      tell(scope, status, decision);
    }
    return decision;
  }

  /**
   * Reports that a request is given up. A refusal late in a known pause has not been reported yet,
   * so the listener does not know how long the host has refused.
   */
  void givesUp(String scope, int status, HostRefusals.Decision decision) {
    if (!decision.isNew()) {
      tell(scope, status, decision);
    }
  }

  private void tell(String name, int status, HostRefusals.Decision decision) {
    tell(
        new ServerPause(
            name,
            status,
            decision.pause(),
            decision.asked(),
            decision.episodes(),
            decision.withoutHint()));
  }

  /** A host has accepted a request that was sent at a step. */
  void carriedOut(String scope, long sentAt) {
    bounds.ifPresent(each -> each.responded(scope, hosts.get(scope)));
    boolean isFirst = !unheard.isEmpty() && unheard.remove(scope);
    if (refusing.isEmpty() && !isFirst) {
      return;
    }
    HostRefusals refusals = refusing.get(scope);
    boolean isOver = refusals != null && refusals.isOlderThan(sentAt);
    if (isOver ? refusing.remove(scope, refusals) : isFirst && refusals == null) {
      hosts.get(scope).update(List.of(rule(PROBES, ProbeLimit.off())), false);
    }
  }

  /** Reports that a server has asked a single request to wait. */
  void waits(String scope, int status, Duration wait) {
    tell(new ServerPause(scope, status, wait, true, 0, Duration.ZERO));
  }

  /**
   * Applies a server's quotas: of requests, unless our limits are within its policies, and of each
   * budget that our limits count. If they do not count tokens that are used up, the host is paused
   * until the reset.
   *
   * @param cost the cost of the request whose response reports the quota, as settled
   * @param sentAt the step at which that request was sent
   * @param tells whether the listener is called when the quota is used up
   */
  void heed(
      String scope, int status, RateLimitHeaders advice, Cost cost, long sentAt, boolean tells) {
    List<Allowance> allowances = heedServers ? advice.allowances() : List.of();
    if (allowances.isEmpty()) {
      return;
    }
    Throttle host = hosts.get(scope);
    Duration longest = Duration.ZERO;
    for (Allowance allowance : allowances) {
      if (heed(host, allowance, advice.policies(), cost, sentAt)
          && allowance.quota().resetIn().compareTo(longest) > 0) {
        longest = allowance.quota().resetIn();
      }
    }
    if (tells && longest.isPositive()) {
      tell(new ServerPause(scope, status, longest, true, 0, Duration.ZERO));
    }
  }

  /** Returns whether it is kept to, and leaves nothing for another such request. */
  private boolean heed(
      Throttle host, Allowance allowance, List<Rate> policies, Cost cost, long sentAt) {
    String currency = allowance.countsRequests() ? Cost.PERMITS : allowance.unit();
    if (allowance.countsRequests()
        ? !keepsWithin(host, policies)
        : ours(host).anyMatch(limit -> limit.currency().equals(currency))) {
      limit(host, currency, allowance, cost, sentAt);
      return allowance.quota().remaining() < Math.max(1, cost.amount(currency));
    }
    if (allowance.countsTokens() && allowance.isUsedUp()) {
      host.pauseFor(allowance.quota().resetIn());
      return true;
    }
    return false;
  }

  private void limit(Throttle host, String currency, Allowance allowance, Cost cost, long sentAt) {
    long resetAt = host.timeSource().nanoTime() + allowance.quota().resetIn().toNanos();
    ServerQuotaLimit left =
        new ServerQuotaLimit(
            allowance.quota().remaining(),
            resetAt,
            allowance.afterReset(),
            cost.amount(currency),
            sentAt,
            this::step);
    host.update(List.of(new Rule(QUOTA, currency, left)), false);
  }

  /** Called without a lock. Exceptions of the listener are logged. */
  private void tell(ServerPause pause) {
    try {
      listener.accept(pause);
    } catch (RuntimeException | Error e) {
      LOGGER.log(Level.WARNING, "the listener of onPause failed", e);
    }
  }

  private static Rule rule(String kind, Limit limit) {
    return new Rule(kind, Cost.PERMITS, limit);
  }

  private boolean keepsWithin(Throttle host, List<Rate> policies) {
    if (policies.isEmpty()) {
      return false;
    }
    List<LimitSnapshot> limits =
        ours(host).filter(limit -> limit.currency().equals(Cost.PERMITS)).toList();
    return policies.stream()
        .allMatch(policy -> limits.stream().anyMatch(limit -> keepsWithin(limit, policy)));
  }

  /** The limits of a host, without the quota of the server. */
  private Stream<LimitSnapshot> ours(Throttle host) {
    return Stream.concat(all.snapshot().rules().stream(), host.snapshot().rules().stream())
        .filter(limit -> !OF_SERVERS.contains(limit.kind()));
  }

  /** A bucket's rate holds only in the long run, so it is within no window. */
  private static boolean keepsWithin(LimitSnapshot limit, Rate policy) {
    return switch (limit.kind()) {
      case Rule.RATE -> limit.rate().filter(r -> mostOf(r, policy) <= policy.permits()).isPresent();
      case Rule.SPACING ->
          limit
              .rate()
              .map(rate -> Rate.of(1, rate.interval()))
              .filter(rate -> mostOf(rate, policy) <= policy.permits())
              .isPresent();
      default -> false;
    };
  }

  /** The most that a rate allows in a policy's window, at any position. */
  private static double mostOf(Rate rate, Rate policy) {
    double periods = (double) policy.period().toNanos() / rate.period().toNanos();
    return rate.permits() * Math.ceil(periods);
  }
}
