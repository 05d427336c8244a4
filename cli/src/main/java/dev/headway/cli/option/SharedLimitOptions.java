package dev.headway.cli.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which limits are shared. */
public class SharedLimitOptions extends SharingOptions {

  @Option(
      names = "--shared-name",
      paramLabel = "NAME",
      description = {
        "The name of the shared limits. They hold for all who share one of this name; the limits"
            + " given last apply to all of them. Default: the command's name, or --queue's."
      })
  private @Nullable String sharedName;

  /** Made by picocli. */
  public SharedLimitOptions() {}

  /** The name of the limits. */
  public final String sharedName(String otherwise) {
    return sharedName == null ? otherwise : sharedName;
  }
}
