package dev.headway.cli.option;

import picocli.CommandLine.Option;

/** The option that each command has, which picocli handles. */
public abstract class HelpOption {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      order = Integer.MAX_VALUE,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // read by picocli
  private boolean help;

  /** Made by a command. */
  protected HelpOption() {}
}
