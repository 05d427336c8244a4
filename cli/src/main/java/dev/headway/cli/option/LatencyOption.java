package dev.headway.cli.option;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says how long a request takes. */
public final class LatencyOption {

  @Option(
      names = "--latency",
      paramLabel = "DURATION",
      converter = Converters.OfDuration.class,
      description = "How long each request takes, such as 300ms. Default: plan 300ms, server 0s.")
  private @Nullable Duration latency;

  /** Made by picocli. */
  public LatencyOption() {}

  /** It, if it is given. */
  public Optional<Duration> given() {
    return Optional.ofNullable(latency);
  }
}
