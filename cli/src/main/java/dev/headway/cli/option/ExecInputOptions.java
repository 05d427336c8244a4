package dev.headway.cli.option;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code exec} that say where lines come from. */
public final class ExecInputOptions extends TableOptions {

  @Option(
      names = {"-a", "--input"},
      paramLabel = "FILE",
      description = "Read lines from a file rather than from standard input.")
  private @Nullable Path file;

  @Option(
      names = {"-0", "--null"},
      description = "Lines end with the character 0, as find -print0 writes them.")
  private boolean endsWithNul;

  /** Made by picocli. */
  public ExecInputOptions() {}

  /**
   * The file to read; {@link FileArguments#STANDARD} is standard input.
   *
   * @throws UsageException if there are two
   */
  public Path input() {
    if (file != null && table().isPresent()) {
      throw new UsageException("both --input and --csv are given: the input is one of them");
    }
    return table().or(() -> Optional.ofNullable(file)).orElse(FileArguments.STANDARD);
  }

  /** Whether lines end with the character 0. */
  public boolean endsWithNul() {
    return endsWithNul;
  }

  /** Whether lines have columns. */
  public boolean hasColumns() {
    return table().isPresent() || delimiter().isPresent();
  }
}
