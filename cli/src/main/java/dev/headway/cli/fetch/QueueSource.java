package dev.headway.cli.fetch;

import dev.headway.cli.RequestLimits;
import dev.headway.cli.progress.Display;
import dev.headway.cli.queue.QueueName;
import dev.headway.cli.queue.WorkQueue;
import dev.headway.cli.shared.SharedUri;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which queue requests come from.
 *
 * @param uri where it is
 */
record QueueSource(QueueName name, SharedUri uri) {

  /**
   * How many requests may be here that have not started: enough that the next is always at hand,
   * and so few that nobody sits on what others could do.
   */
  private static final int LOOK_AHEAD = 32;

  /**
   * The one that is asked for, if one is.
   *
   * @param wrong makes what is thrown of what is wrong
   */
  static Optional<QueueSource> of(
      @Nullable String queue,
      Optional<SharedUri> shared,
      Function<String, ? extends RuntimeException> wrong) {
    if (queue == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new QueueSource(new QueueName(queue), SharedUri.redis(shared)));
    } catch (IllegalArgumentException e) {
      throw wrong.apply(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Begins to take requests; empty if there are none.
   *
   * @throws IOException if Redis cannot be reached
   */
  Optional<WorkQueue> join(RequestLimits limits, Display display) throws IOException {
    // Where each host has its own limit, those of a busy one must not be in the way of others.
    int ahead = limits.perHost().isEmpty() ? LOOK_AHEAD : RequestLimits.LOOK_AHEAD;
    Optional<WorkQueue> queue = WorkQueue.join(uri, name, ahead, display);
    display.remark(
        queue
            .map(joined -> joined.size() + " requests are in the queue " + name)
            .orElse("there is nothing in the queue " + name + ": headway enqueue fills it"));
    return queue;
  }
}
