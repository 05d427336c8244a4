package dev.headway.cli.option;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a run is watched. */
public final class WatchOptions extends ReportOption {

  private static final int LARGEST_PORT = 65_535;

  @Option(
      names = "--live",
      paramLabel = "PORT",
      arity = "0..1",
      fallbackValue = "0",
      preprocessor = Converters.AttachedValue.class,
      description = {
        "Show the run while it lasts, on a page of this machine alone that can also pause it and"
            + " slow it down. Its address is printed. Default: any free port."
      })
  private @Nullable Integer port;

  /** Made by picocli. */
  public WatchOptions() {}

  /**
   * The live page's port, if there is to be one; 0 for any.
   *
   * @throws UsageException if it is no port
   */
  public OptionalInt live() {
    if (port != null && (port < 0 || port > LARGEST_PORT)) {
      throw new UsageException(
          "--live: " + port + " is not a port from 1 to " + LARGEST_PORT + "; write one, or none");
    }
    return port == null ? OptionalInt.empty() : OptionalInt.of(port);
  }
}
