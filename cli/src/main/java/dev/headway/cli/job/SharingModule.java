package dev.headway.cli.job;

import dev.headway.cli.option.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * What the module {@code headway-cli-queue} adds to the command line: limits and queues that
 * processes share. It is found as a service, so that the command line needs no driver of a store.
 */
public interface SharingModule {

  /** The module, if it is on the class path. */
  static Optional<SharingModule> find() {
    return ServiceLoader.load(SharingModule.class).findFirst();
  }

  /**
   * The module.
   *
   * @throws UsageException if it is not on the class path
   */
  static SharingModule require() {
    return find()
        .orElseThrow(() ->
            new UsageException(
                "--shared needs headway-cli-queue.jar, which is not on the class path"));
  }

  /**
   * Connects to where limits are shared.
   *
   * @throws UsageException if nothing can be shared there
   * @throws IOException if it cannot be reached
   */
  SharedLimitsConnection limits(SharedUri uri) throws IOException;

  /**
   * Begins to work on a queue; empty if it is.
   *
   * @param uri where it is, if that is given
   * @param lookAhead how many requests may be taken that have not started
   * @throws UsageException if no queue can be there
   * @throws IOException if it cannot be reached
   */
  Optional<RequestQueue> join(Optional<SharedUri> uri, String queue, int lookAhead)
      throws IOException;

  /** {@code headway enqueue}, for picocli. */
  Object enqueueCommand(InputStream standardInput);
}
