package dev.headway.cli.option;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code fetch} that say where results and bodies go. */
public final class FetchOutputOptions extends OutputOptions {

  private static final int USUAL_BODY_MIB = 16;
  private static final int LARGEST_BODY_MIB = 1_024;

  @Option(
      names = "--bodies",
      paramLabel = "DIR",
      description = {
        "Write the body of each response to a file of its own, named by the line's number and id."
            + " The result has its path (bodyFile)."
      })
  private @Nullable Path bodies;

  @Option(
      names = "--max-body",
      paramLabel = "MIB",
      description = {
        "Fail a request whose response is longer, in MiB. Default: 16; with --bodies any length."
      })
  private @Nullable Integer maxBodyMib;

  /** Made by picocli. */
  public FetchOutputOptions() {}

  /** The folder for bodies, if there is one. */
  public Optional<Path> bodies() {
    return Optional.ofNullable(bodies);
  }

  /**
   * How many bytes a body may have.
   *
   * @throws UsageException if the number that is given is out of range
   */
  public long maxBody() {
    if (maxBodyMib != null && (maxBodyMib < 1 || maxBodyMib > LARGEST_BODY_MIB)) {
      throw new UsageException(
          "--max-body: " + maxBodyMib + " is out of range; write 1 to " + LARGEST_BODY_MIB);
    }
    long otherwise = bodies == null ? USUAL_BODY_MIB : Long.MAX_VALUE >> 20;
    return (maxBodyMib == null ? otherwise : maxBodyMib) << 20;
  }
}
