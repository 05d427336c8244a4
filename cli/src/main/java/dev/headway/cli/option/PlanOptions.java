package dev.headway.cli.option;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of {@code plan} that say what is assumed. */
public final class PlanOptions {

  private static final Duration ASSUMED_LATENCY = Duration.ofMillis(300);

  /** As it was on two processors, where it went from 300 to 700 ms. */
  private static final Duration USUAL_WARM_UP = Duration.ofMillis(500);

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "Rather than a FILE: this many requests, all alike and to one host.")
  private @Nullable Long requests;

  @Option(
      names = "--latency-from",
      paramLabel = "FILE",
      description = "Latencies of an earlier run: the results of fetch or exec --output.")
  private @Nullable Path earlier;

  @Option(
      names = "--warm-up",
      paramLabel = "DURATION",
      converter = Converters.OfDuration.class,
      description = {
        "How much longer the first requests take in all, until the client is at full speed."
            + " Default: 500ms, or none with --latency-from, where the first ones tell."
      })
  private @Nullable Duration warmUp;

  @Option(names = "--json", description = "Write one JSON object rather than text.")
  private boolean json;

  @ArgGroup(validate = false)
  private LatencyOption latency = new LatencyOption();

  @ArgGroup(validate = false)
  private EachOption each = new EachOption();

  /** Made by picocli. */
  public PlanOptions() {}

  /**
   * How many requests are planned, if only their number is given.
   *
   * @throws UsageException if it makes no sense
   */
  public Optional<Long> requests() {
    if (requests != null && requests < 1) {
      throw new UsageException("--requests: " + requests + " is too few; write 1 or more");
    }
    if (requests == null && each.isGiven()) {
      throw new UsageException("--each needs --requests: lines say for themselves what they take");
    }
    return Optional.ofNullable(requests);
  }

  /** What each of them takes. */
  public EachOption each() {
    return each;
  }

  /** How long each request takes, where no earlier run says it. */
  public Duration latency() {
    return latency.given().orElse(ASSUMED_LATENCY);
  }

  /** Whether nothing says how long requests take. */
  public boolean assumesLatency() {
    return latency.given().isEmpty() && earlier == null;
  }

  /**
   * The results of an earlier run, if they say how long requests take.
   *
   * @throws UsageException if a latency is given as well
   */
  public Optional<Path> earlier() {
    if (earlier != null && latency.given().isPresent()) {
      throw new UsageException(
          "--latency and --latency-from contradict each other: give one of them");
    }
    return Optional.ofNullable(earlier);
  }

  /** How much longer the first requests take in all. */
  public Duration warmUp() {
    if (warmUp != null) {
      return warmUp;
    }
    return earlier == null ? USUAL_WARM_UP : Duration.ZERO;
  }

  /** Whether the plan is written as JSON. */
  public boolean json() {
    return json;
  }
}
