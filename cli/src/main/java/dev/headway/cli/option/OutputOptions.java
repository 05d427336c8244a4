package dev.headway.cli.option;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where results go, and whether a run is continued. */
public class OutputOptions {

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = {
        "Write results to a file, one JSON line each. It is replaced, unless --resume is given."
            + " Until the run has ended, FILE.headway is beside it."
      })
  private @Nullable Path output;

  @Option(
      names = "--resume",
      description = {
        "Continue where an earlier run ended, however it did: what is in --output is not done"
            + " again, and the limits know what was started before."
      })
  private boolean resume;

  @Option(
      names = "--retry-failed",
      description = {"With --resume: retry what has failed. The new result replaces the failure."})
  private boolean retryFailed;

  @Option(names = "--ordered", description = "Write results in input order.")
  private boolean ordered;

  @Option(
      names = {"-q", "--quiet"},
      description = "Say nothing on standard error but what went wrong.")
  private boolean quiet;

  /** Made by picocli. */
  public OutputOptions() {}

  /** The file that results go to, if they do. */
  public final Optional<Path> file() {
    return Optional.ofNullable(output);
  }

  /** Whether a run is continued. */
  public final boolean resumes() {
    return resume;
  }

  /** Whether what has failed is to be done again. */
  public final boolean retriesFailed() {
    return retryFailed;
  }

  /** Whether results come in input order. */
  public final boolean ordered() {
    return ordered;
  }

  /** Whether only what went wrong is said. */
  public final boolean quiet() {
    return quiet;
  }

  /** Whether a run can be continued with the results that are written. */
  public boolean isResumable() {
    return true;
  }

  /**
   * Checks that the options fit together.
   *
   * @throws UsageException if they do not
   */
  public final void check() {
    if (retryFailed && !resume) {
      throw new UsageException("--retry-failed needs --resume");
    }
    if (resume && !isResumable()) {
      throw new UsageException("--resume can only continue results with --output-format jsonl");
    }
    if (output == null && resume) {
      throw new UsageException("--resume needs --output FILE, the file with the earlier results");
    }
  }
}
