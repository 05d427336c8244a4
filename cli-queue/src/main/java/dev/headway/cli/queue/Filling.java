package dev.headway.cli.queue;

import dev.headway.cli.request.Line;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A queue that is being filled. It becomes visible when it is published, all at once, so it exists
 * whole or not at all. A filling that was interrupted has to begin again.
 */
final class Filling implements Closeable {

  /** How long an abandoned filling is kept. */
  private static final Duration KEPT = Duration.ofHours(1);

  private static final int LARGEST_BATCH = 1 << 20;
  private static final int LONGEST_BATCH = 1_000;

  private final QueueName name;
  private final String key;
  private final Redis redis;
  private final List<RedisFuture<?>> batch = new ArrayList<>();
  private long size;
  private long count;
  private boolean published;

  private Filling(QueueName name, Redis redis) {
    this.name = name;
    this.key = name.filling(UUID.randomUUID().toString());
    this.redis = redis;
  }

  /**
   * Begins with nothing.
   *
   * @throws IOException if Redis cannot be reached
   */
  static Filling begin(StoreUri uri, QueueName name) throws IOException {
    // Not connected again, since what is sent twice would be there twice.
    return new Filling(name, Redis.connect(uri, false));
  }

  /** How many requests are not done of a queue of that name, if there is one. */
  long left() throws IOException {
    return redis.get(redis.once().xlen(name.stream()));
  }

  /** Adds a request. */
  void add(Line line) throws IOException {
    batch.add(redis.once().xadd(key, QueueEntry.fields(line)));
    count++;
    size += line.text().length();
    if (size > LARGEST_BATCH || batch.size() >= LONGEST_BATCH) {
      send();
    }
  }

  private void send() throws IOException {
    batch.add(redis.once().pexpire(key, KEPT));
    for (RedisFuture<?> each : batch) {
      var unused = redis.get(each);
    }
    batch.clear();
    size = 0;
  }

  /** How many were added. */
  long count() {
    return count;
  }

  /**
   * Has all that was added be the queue.
   *
   * @param replaces whether in the place of one that is not done
   * @return how many requests are not done of another, in whose place it would have been; 0 if all
   *     went well
   * @throws IOException if that cannot be
   */
  long publish(boolean replaces) throws IOException {
    send();
    RedisFuture<Long> answer =
        redis
            .once()
            .eval(
                Scripts.PUBLISH,
                ScriptOutputType.INTEGER,
                new String[] {name.stream(), name.writing(), key},
                RedisQueue.GROUP,
                Long.toString(count),
                replaces ? "1" : "0");
    long left = redis.get(answer);
    if (left < 0) {
      throw new IOException(
          "what was put into the queue "
              + name
              + " is not in Redis any more, so that nothing is: try again");
    }
    published = left == 0;
    return left;
  }

  /** Leaves nothing of what was not published. */
  @Override
  public void close() throws IOException {
    try (redis) {
      if (!published) {
        var unused = redis.get(redis.once().unlink(key));
      }
    }
  }
}
