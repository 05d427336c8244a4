package dev.headway.cli.option;

import picocli.CommandLine.Option;

/** The option to show what would be done. */
public abstract class DryRunOption {

  @Option(
      names = {"--dry-run", "--dryrun"},
      description = {
        "Print the requests, a JSON line each and without secrets, or the commands, rather than"
            + " send or run them."
      })
  private boolean dryRun;

  /** Made by its subclasses. */
  DryRunOption() {}

  /** Whether nothing is sent and no command is run. */
  public final boolean dryRun() {
    return dryRun;
  }
}
