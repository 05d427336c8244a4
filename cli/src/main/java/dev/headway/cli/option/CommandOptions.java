package dev.headway.cli.option;

import picocli.CommandLine.Option;

/** The options of {@code exec} that say how the command is made. */
public final class CommandOptions {

  @Option(
      names = "--shell",
      description = {
        "COMMAND is a script for sh. A line is one word there and never code, in quotes too: {}"
            + " stands for \"$1\"."
      })
  private boolean shell;

  @Option(
      names = {"--dry-run", "--dryrun"},
      description = "Print the commands rather than run them.")
  private boolean dryRun;

  /** Made by picocli. */
  public CommandOptions() {}

  /** Whether the command is a script. */
  public boolean shell() {
    return shell;
  }

  /** Whether commands are printed and not run. */
  public boolean dryRun() {
    return dryRun;
  }
}
