package dev.headway.cli.resume;

import dev.headway.cli.FileArguments;
import dev.headway.cli.StandardStreams;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say where results go, and whether a run is continued. */
public final class OutputOptions {

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = {
        "Write results to a file, a JSON line each. It is replaced, unless --resume is given. Until"
            + " the run has ended, FILE.headway is beside it."
      })
  private @Nullable Path output;

  @Option(
      names = "--resume",
      description = {
        "Go on where an earlier run ended, however it did: what is in --output is not done again,"
            + " and the limits know what was started before."
      })
  private boolean resume;

  @Option(
      names = "--retry-failed",
      description = {"With --resume: retry what has failed. The new result replaces the failure."})
  private boolean retryFailed;

  /** Made by picocli. */
  public OutputOptions() {}

  /** The file that results go to, if they do. */
  public Optional<Path> file() {
    return Optional.ofNullable(output);
  }

  /** Whether a run is continued. */
  public boolean resumes() {
    return resume;
  }

  /** Whether what has failed is to be done again. */
  public boolean retriesFailed() {
    return retryFailed;
  }

  /**
   * Says what is wrong with the options, before anything is done.
   *
   * @param command whose options they are
   */
  public void check(CommandLine command) {
    if (retryFailed && !resume) {
      throw new ParameterException(command, "--retry-failed needs --resume");
    }
    if (output == null && resume) {
      throw new ParameterException(
          command, "--resume needs --output FILE: the results that are there are not made again");
    }
  }

  /**
   * Opens it.
   *
   * @param command whose options they are
   * @param input the file that is read, which must be another one
   * @param standard where results go if no file is named
   * @param longest the longest period of the limits
   */
  public ResultFile open(CommandLine command, Path input, OutputStream standard, Duration longest) {
    check(command);
    Path file = output;
    if (file == null) {
      return ResultFile.of(StandardStreams.open(standard, command));
    }
    return new FileArguments(command)
        .create(file, input, () -> ResultFile.open(file, resume, !retryFailed, longest));
  }
}
