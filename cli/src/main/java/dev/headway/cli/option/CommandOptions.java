package dev.headway.cli.option;

import picocli.CommandLine.Option;

/** The options of {@code exec} that say how the command is made. */
public final class CommandOptions extends DryRunOption {

  @Option(
      names = "--shell",
      description = {
        "COMMAND is a script for sh. A line is one word there and never code, in quotes too: {}"
            + " stands for \"$1\"."
      })
  private boolean shell;

  /** Made by picocli. */
  public CommandOptions() {}

  /** Whether the command is a script. */
  public boolean shell() {
    return shell;
  }
}
