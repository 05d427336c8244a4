package dev.headway.cli.option;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
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
            + " The result has its path (bodyFile). It is saved as received."
      })
  private @Nullable Path bodies;

  @Option(
      names = "--decode",
      description = "With --bodies: ask for compressed bodies, and save them decoded.")
  private boolean decode;

  @Option(
      names = "--headers",
      paramLabel = "none|NAME,...",
      split = ",",
      description = {"The headers of responses that results have. Default: all but Set-Cookie."})
  private List<String> headers = List.of();

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

  /** Says by its name whether a header of a response is written. */
  public Predicate<String> headers() {
    return headers.isEmpty()
        ? name -> !name.equalsIgnoreCase("Set-Cookie")
        : name -> headers.stream().anyMatch(name::equalsIgnoreCase);
  }

  /**
   * Whether compressed bodies are asked for and decoded, as they are where they are in results.
   *
   * @throws UsageException if it is said of bodies that are decoded anyway
   */
  public boolean decodes() {
    if (decode && bodies == null) {
      throw new UsageException("--decode is for --bodies: bodies in results are always decoded");
    }
    return decode || bodies == null;
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
