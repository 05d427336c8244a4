package dev.headway.cli.queue;

import dev.headway.cli.job.RequestQueue;
import dev.headway.cli.job.SharedLimitsConnection;
import dev.headway.cli.job.SharedUri;
import dev.headway.cli.job.SharingModule;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Limits and queues that processes share, for the command line. */
public final class QueueModule implements SharingModule {

  /** Made as a service. */
  public QueueModule() {}

  @Override
  public SharedLimitsConnection limits(SharedUri uri) throws IOException {
    return StoreConnection.open(StoreUri.of(uri));
  }

  @Override
  public Optional<RequestQueue> join(Optional<SharedUri> uri, String queue, int lookAhead)
      throws IOException {
    QueueName name = new QueueName(queue);
    return WorkQueue.join(StoreUri.redis(uri), name, lookAhead).map(work -> work);
  }

  @Override
  public Object enqueueCommand(InputStream standardInput) {
    return new EnqueueCommand(standardInput);
  }
}
