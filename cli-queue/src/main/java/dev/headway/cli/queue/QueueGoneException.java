package dev.headway.cli.queue;

import java.io.IOException;

/** A queue is not in Redis any more. */
final class QueueGoneException extends IOException {

  private static final long serialVersionUID = 1;

  QueueGoneException(QueueName name, Throwable cause) {
    super(
        "the queue "
            + name
            + " is not in Redis any more: it was deleted, or others have worked it off while this"
            + " worker was not heard of",
        cause);
  }
}
