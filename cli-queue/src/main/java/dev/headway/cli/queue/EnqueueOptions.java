package dev.headway.cli.queue;

import dev.headway.cli.option.QueueOption;
import dev.headway.cli.option.SharingOptions;
import dev.headway.cli.option.UsageException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of {@code enqueue} that say where requests go. */
final class EnqueueOptions extends SharingOptions {

  @ArgGroup(validate = false)
  private QueueOption queue = new QueueOption();

  @Option(
      names = "--replace",
      description = "Drop what is not done of a queue of that name, rather than refuse.")
  private boolean replace;

  /** Made by picocli. */
  EnqueueOptions() {}

  /**
   * The queue's name.
   *
   * @throws UsageException if it is missing
   */
  QueueName queue() {
    return new QueueName(
        queue
            .name()
            .orElseThrow(
                () -> new UsageException("there is no --queue=NAME to put requests into")));
  }

  boolean replace() {
    return replace;
  }
}
