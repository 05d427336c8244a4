package dev.headway.cli.option;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that names a queue. */
public final class QueueOption {

  @Option(
      names = "--queue",
      paramLabel = "NAME",
      description = {
        "A queue of requests in Redis (--shared), which headway enqueue fills. fetch takes its"
            + " requests from it rather than from a FILE, until it is empty; many can do so at the"
            + " same time."
      })
  private @Nullable String queue;

  /** Made by picocli. */
  public QueueOption() {}

  /** The queue's name, if one is given. */
  public Optional<String> name() {
    return Optional.ofNullable(queue);
  }
}
