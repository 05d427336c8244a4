package dev.headway.cli.option;

import java.util.Optional;
import picocli.CommandLine.ArgGroup;

/** The options of {@code fetch} that say what is shared. */
public final class FetchSharingOptions extends SharedLimitOptions {

  @ArgGroup(validate = false)
  private QueueOption queue = new QueueOption();

  /** Made by picocli. */
  public FetchSharingOptions() {}

  /** The queue that requests come from, if they do. */
  public Optional<String> queue() {
    return queue.name();
  }
}
