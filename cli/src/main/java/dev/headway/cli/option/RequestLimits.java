package dev.headway.cli.option;

import dev.headway.http.Scope;
import dev.headway.limit.Rate;
import dev.headway.throttle.LimitsBuilder;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how fast requests may go: {@code fetch} keeps to them, {@code plan} too. */
public final class RequestLimits extends LimitOptions {

  /** How many requests may be looked at beyond those in flight, so that no host delays others. */
  public static final int LOOK_AHEAD = 256;

  private static final int WITH_RATE = 256;
  private static final int WITHOUT_RATE = 64;

  @Option(
      names = "--per-host",
      paramLabel = "RATE",
      converter = Converters.OfRate.class,
      description = "At most this many to each host, besides --rate for all.")
  private List<Rate> perHost = List.of();

  @Option(
      names = "--scope",
      paramLabel = "SCOPE",
      converter = ScopeConverter.class,
      completionCandidates = ScopeConverter.Words.class,
      description = {
        "Which requests share --per-host, a server's own limits and its pauses: those to one host;"
            + " path=N, with the same first N segments of the path; path=REGEX, with the same"
            + " (first group of the) match in the path; header=NAME, with the same value of a"
            + " header; github; discord. Default: host."
      })
  private @Nullable Scope scope;

  private boolean shared;

  /** Made by picocli. */
  public RequestLimits() {}

  @Override
  CountFrom usualCountFrom() {
    return shared ? CountFrom.END : CountFrom.ARRIVAL;
  }

  /**
   * The limits are shared with other processes, which no arrivals are known of.
   *
   * @throws UsageException if requests are to count on arrival
   */
  public void share() {
    shared = true;
    if (counted().bound().isPresent()) {
      throw new UsageException(
          "--count-from arrival is not for --shared limits: write --count-from end or start");
    }
  }

  /** Whether the bound of arrivals adapts to servers. */
  public boolean adaptsBound() {
    return countFrom().adapts();
  }

  /**
   * Which requests share limits and pauses.
   *
   * @param shown a text as it may be shown, since the name of a scope is
   */
  public Scope scope(UnaryOperator<String> shown) {
    Scope given = scope;
    return given == null ? Scope.host() : request -> shown.apply(given.of(request));
  }

  @Override
  public int concurrency() {
    return concurrency(paces() || !perHost.isEmpty() ? WITH_RATE : WITHOUT_RATE);
  }

  @Override
  public List<Rate> perHost() {
    return perHost;
  }

  /** Adds the limits of each host, besides those for all. */
  public void addHostLimits(LimitsBuilder<?> limits) {
    perHost.forEach(rate -> limits.rate(rate, counted()));
  }
}
