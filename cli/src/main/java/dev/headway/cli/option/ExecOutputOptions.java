package dev.headway.cli.option;

import picocli.CommandLine.Option;

/** The options of {@code exec} that say how output is written. */
public final class ExecOutputOptions extends OutputOptions {

  @Option(names = "--line-buffered", description = "Write output line by line, as it comes.")
  private boolean lineBuffered;

  @Option(names = "--tag", description = "Begin each line of output with the input line and a tab.")
  private boolean tag;

  /** Made by picocli. */
  public ExecOutputOptions() {}

  /**
   * Whether output is written line by line, as it comes.
   *
   * @throws UsageException if that contradicts another option
   */
  public boolean lineBuffered() {
    if (lineBuffered && ordered()) {
      throw new UsageException(
          "--line-buffered and --ordered contradict each other: output cannot come as it is"
              + " written and in the order of the input");
    }
    return lineBuffered;
  }

  /** Whether each line of output begins with the input line. */
  public boolean tag() {
    return tag;
  }
}
