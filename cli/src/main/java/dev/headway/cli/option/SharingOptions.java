package dev.headway.cli.option;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says where processes share limits and queues. */
public class SharingOptions {

  @Option(
      names = "--shared",
      paramLabel = "URI",
      description = {
        "Where processes on many machines share limits, such as redis://host:6379 (rediss:// with"
            + " TLS) or postgresql://host/database. $${NAME} in it is an environment variable, such"
            + " as a password."
      })
  private @Nullable String shared;

  /** Made by picocli. */
  public SharingOptions() {}

  /** The place, as it is given. */
  public final Optional<String> shared() {
    return Optional.ofNullable(shared);
  }
}
