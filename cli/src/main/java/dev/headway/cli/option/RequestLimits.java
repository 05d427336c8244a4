package dev.headway.cli.option;

import dev.headway.limit.Rate;
import dev.headway.throttle.LimitsBuilder;
import java.util.List;
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

  /** Made by picocli. */
  public RequestLimits() {}

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
