package dev.headway.cli.queue;

import dev.headway.cli.job.RequestQueue;
import io.lettuce.core.Consumer;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A queue as one worker has it: a stream with a consumer group, of which the worker is a consumer.
 *
 * <p>An entry that is handed out is the worker's for the length of a lease, again and again as long
 * as it says that it is at work on it. A result is written in three steps: Redis makes sure that
 * the entry is still the worker's, and puts down that it is being written; it is written; the entry
 * is removed. The last two follow one another on the thread that has got the answer to the first,
 * so that next to nothing comes between them.
 */
final class RedisQueue implements Closeable {

  static final String GROUP = "headway";

  /** A worker that has its answer within half a lease has enough time to write. */
  private static final int PART_OF_LEASE_TO_WRITE_IN = 2;

  private final QueueName name;
  private final Duration lease;
  private final String worker = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
  private final String[] keys;
  private final Redis redis;

  /** A connection of its own: its thread writes results, which may take as long as it takes. */
  private final Redis writing;

  /** Whether all that was written could be removed, as far as is known. */
  private CompletionStage<Void> removed = CompletableFuture.completedStage(null);

  private volatile long left;

  /**
   * Entries that were handed out.
   *
   * @param left how many are not done, in all workers
   * @param entries the entries of this worker
   */
  record Batch(long left, List<QueueEntry> entries) {}

  /** What came of asking whether an entry may be written. */
  private record Attempt<T>(boolean tooLate, Optional<T> written) {}

  private RedisQueue(QueueName name, Duration lease, Redis redis, Redis writing) {
    this.name = name;
    this.lease = lease;
    this.keys = new String[] {name.stream(), name.writing()};
    this.redis = redis;
    this.writing = writing;
  }

  /** Connects to it. */
  static RedisQueue connect(StoreUri uri, QueueName name, Duration lease) throws IOException {
    Redis redis = Redis.connect(uri, true);
    try {
      return new RedisQueue(name, lease, redis, Redis.connect(uri, true));
    } catch (IOException e) {
      redis.close();
      throw e;
    }
  }

  QueueName name() {
    return name;
  }

  /** Begins to work on it. Says how many requests are not done; where there are none, does not. */
  long join() throws IOException {
    left = number(Scripts.JOIN, GROUP, worker);
    return left;
  }

  /** How many requests were not done, when that was last heard of. */
  long left() {
    return left;
  }

  /**
   * Takes entries.
   *
   * @param most how many, at least 1
   * @param reclaim whether those may be taken over whose worker is gone
   */
  Batch take(int most, boolean reclaim) throws IOException {
    List<Object> answer =
        list(
            Scripts.TAKE,
            GROUP,
            worker,
            Integer.toString(most),
            Long.toString(reclaim ? lease.toMillis() : 0));
    left = ((Number) answer.get(0)).longValue();
    return new Batch(left, entries((List<?>) answer.get(1)));
  }

  /** Waits for one that is new, for so long at most. */
  @SuppressWarnings("unchecked") // an array of one, of what is generic
  List<QueueEntry> await(Duration longest) throws IOException {
    return get(
            redis.ask(commands ->
                commands.xreadgroup(
                    Consumer.from(GROUP, worker),
                    XReadArgs.Builder.block(longest).count(1),
                    StreamOffset.lastConsumed(name.stream()))))
        .stream()
        .map(message -> QueueEntry.of(message.getId(), message.getBody(), Optional.empty()))
        .toList();
  }

  /** Keeps others from taking over what this worker is at work on. */
  void renew(Collection<String> ids) throws IOException {
    if (ids.isEmpty()) {
      return;
    }
    List<String> values = new ArrayList<>(List.of(GROUP, worker));
    values.addAll(ids);
    var unused = number(Scripts.RENEW, values.toArray(String[]::new));
  }

  /**
   * Writes the result of an entry, and removes it.
   *
   * @param place where the result goes, so that another worker can find out whether it was
   * @return what came of the writing; empty if the entry is not this worker's any more, and nothing
   *     was written
   * @throws IOException if it cannot be written, or its owner is unknown
   */
  <T> Optional<T> finish(String id, String place, RequestQueue.Writing<T> result)
      throws IOException {
    if (removed.toCompletableFuture().isCompletedExceptionally()) {
      waitForRemovals();
    }
    Attempt<T> attempt;
    do {
      attempt = tryToFinish(id, place, result);
      // A worker that was stopped for long in between asks again.
    } while (attempt.tooLate());
    return attempt.written();
  }

  private <T> Attempt<T> tryToFinish(String id, String place, RequestQueue.Writing<T> result)
      throws IOException {
    Since asked = Since.now();
    CompletionStage<Long> mayWrite =
        writing.ask(commands ->
            commands.eval(Scripts.WRITE, ScriptOutputType.INTEGER, keys, GROUP, worker, id, place));
    CompletionStage<Attempt<T>> attempt =
        mayWrite.thenApply(may -> {
          if (may == 0) {
            return new Attempt<T>(false, Optional.empty());
          }
          if (asked.isLongerThan(lease.dividedBy(PART_OF_LEASE_TO_WRITE_IN))) {
            return new Attempt<T>(true, Optional.empty());
          }
          return new Attempt<>(false, Optional.of(write(id, result)));
        });
    try {
      return writing.get(attempt);
    } catch (Redis.RefusedException e) {
      throw told(e);
    }
  }

  private <T> T write(String id, RequestQueue.Writing<T> result) {
    try {
      T written = result.write();
      long before = left;
      left = Math.max(0, before - 1);
      CompletionStage<Long> removal =
          writing.ask(commands ->
              commands.eval(
                  Scripts.WRITTEN, ScriptOutputType.INTEGER, keys, GROUP, worker, id, soon()));
      removed = removed.thenAcceptBoth(removal, (earlier, now) -> left = now);
      return written;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those whose result a worker is writing, or was when it ended. */
  List<QueueEntry> doubtful() throws IOException {
    return entries(list(Scripts.DOUBTFUL, GROUP));
  }

  /** The result of an entry was written before: removes it. */
  void settle(QueueEntry entry) throws IOException {
    var unused = number(Scripts.SETTLE, GROUP, entry.id());
  }

  /**
   * Ends the work: what this worker has not done goes back.
   *
   * @return how much that is
   */
  long leave() throws IOException {
    waitForRemovals();
    return number(Scripts.LEAVE, GROUP, worker);
  }

  private void waitForRemovals() throws IOException {
    // There is nothing but that it is so.
    writing.<Object>get(removed.thenApply(nothing -> true));
  }

  /** How long results of a finished queue are kept: by then all workers know of it or are gone. */
  private String soon() {
    return Long.toString(lease.toMillis());
  }

  private static List<QueueEntry> entries(List<?> answers) {
    return answers.stream().map(answer -> QueueEntry.of((List<?>) answer)).toList();
  }

  private long number(String script, String... values) throws IOException {
    CompletionStage<Long> answer =
        redis.ask(commands -> commands.eval(script, ScriptOutputType.INTEGER, keys, values));
    return get(answer);
  }

  private List<Object> list(String script, String... values) throws IOException {
    CompletionStage<List<Object>> answer =
        redis.ask(commands -> commands.eval(script, ScriptOutputType.MULTI, keys, values));
    return get(answer);
  }

  private <T> T get(CompletionStage<T> answer) throws IOException {
    try {
      return redis.get(answer);
    } catch (Redis.RefusedException e) {
      throw told(e);
    }
  }

  private IOException told(Redis.RefusedException refused) {
    return String.valueOf(refused.getMessage()).contains("NOGROUP")
        ? new QueueGoneException(name, refused)
        : refused;
  }

  @Override
  public void close() {
    writing.close();
    redis.close();
  }

  /**
   * An instant, by two clocks: one of them stands still while a machine sleeps, and the other may
   * be set.
   */
  private record Since(long nanos, long millis) {

    static Since now() {
      return new Since(System.nanoTime(), System.currentTimeMillis());
    }

    boolean isLongerThan(Duration duration) {
      return System.nanoTime() - nanos > duration.toNanos()
          || System.currentTimeMillis() - millis > duration.toMillis();
    }
  }
}
