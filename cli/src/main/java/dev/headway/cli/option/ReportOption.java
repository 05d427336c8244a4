package dev.headway.cli.option;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that asks for a report. */
public class ReportOption {

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "At the end, write an HTML file with charts of the run. It needs nothing else.")
  private @Nullable Path file;

  /** Made by picocli. */
  public ReportOption() {}

  /** The report's file, if there is to be one. */
  public final Optional<Path> report() {
    return Optional.ofNullable(file);
  }
}
