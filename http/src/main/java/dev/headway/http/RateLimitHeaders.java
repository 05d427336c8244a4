package dev.headway.http;

import dev.headway.limit.Rate;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the fields of a response state about limits, in any dialect. Fields that cannot be parsed
 * are ignored.
 */
public final class RateLimitHeaders {

  private static final Comparator<Quota> LEAST_FIRST =
      Comparator.comparingLong(Quota::remaining)
          .thenComparing(Quota::resetIn, Comparator.reverseOrder());

  private final Findings found;

  private RateLimitHeaders(Findings found) {
    this.found = found;
  }

  /**
   * Reads the fields of a response.
   *
   * @param received when it was received; the server's {@code Date} is preferred, so clocks may
   *     differ
   */
  public static RateLimitHeaders of(HttpHeaders fields, Instant received) {
    return new RateLimitHeaders(Dialects.read(fields, received));
  }

  /** How long the client is asked to wait, such as by {@code Retry-After}; up to 36,500 days. */
  public Optional<Duration> retryAfter() {
    return longest(found.waits.stream());
  }

  /** How many requests are left; of several statements, the one that leaves least. */
  public Optional<Quota> quota() {
    return quotas(Allowance::countsRequests).min(LEAST_FIRST);
  }

  /** What is left of limits on anything but requests, such as {@code tokens}, by their units. */
  public Map<String, Quota> budgets() {
    return found.allowances.stream()
        .filter(allowance -> !allowance.countsRequests())
        .collect(
            Collectors.toUnmodifiableMap(
                Allowance::unit,
                Allowance::quota,
                (one, other) -> LEAST_FIRST.compare(one, other) <= 0 ? one : other));
  }

  /** The server's limits on requests, where it states them. */
  public List<Rate> policies() {
    return List.copyOf(found.policies);
  }

  /**
   * How long to wait after having been refused, if the server says so in any way: the time asked
   * for, or else until what is used up is reset, or else until the reset that is all that is
   * stated. A time of 0 counts only if there is no other.
   */
  public Optional<Duration> pause() {
    return retryAfter()
        .filter(Duration::isPositive)
        .or(this::untilReset)
        .or(() -> longest(found.resets.stream()))
        .or(this::retryAfter);
  }

  /** Whether the client is asked to wait, or something is used up that comes back later. */
  boolean asksToWait() {
    return retryAfter().or(this::untilReset).filter(Duration::isPositive).isPresent();
  }

  /** How long until all that is used up is reset. */
  private Optional<Duration> untilReset() {
    return longest(
        quotas(allowance -> allowance.countsRequests() || allowance.countsTokens())
            .filter(quota -> quota.remaining() == 0)
            .map(Quota::resetIn));
  }

  /** For each unit, what is left by the statement that leaves least. */
  List<Allowance> allowances() {
    return List.copyOf(
        found.allowances.stream()
            .collect(
                Collectors.toMap(
                    Allowance::unit,
                    allowance -> allowance,
                    (one, other) ->
                        LEAST_FIRST.compare(one.quota(), other.quota()) <= 0 ? one : other))
            .values());
  }

  private Stream<Quota> quotas(java.util.function.Predicate<Allowance> which) {
    return found.allowances.stream().filter(which).map(Allowance::quota);
  }

  private static Optional<Duration> longest(Stream<Duration> durations) {
    return durations.max(Duration::compareTo);
  }
}
