package dev.headway.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The two connections of a store: one for commands, one for wake-ups.
 *
 * <p>Lettuce reconnects when a connection breaks. A server that hangs breaks none, nor does one
 * that is no longer the master, and the connection would stay with it although sentinels or a
 * cluster have named another. So after some attempts in a row without an answer, this opens both
 * connections anew, by the client's own address, and drops the old ones. If that fails or takes too
 * long, it tries again after the next attempt without an answer.
 */
final class RedisConnections implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  /** This many attempts in a row without an answer. */
  private static final int MOST_UNANSWERED = 2;

  private static final long LONGEST_OPENING_NANOS = Duration.ofSeconds(3).toNanos();

  /** Both connections. */
  record Pair(
      StatefulConnection<String, String> connection,
      RedisScriptingAsyncCommands<String, String> commands,
      StatefulRedisPubSubConnection<String, String> wakes) {

    /** Both, or none if the other cannot be opened. */
    static Pair of(
        StatefulConnection<String, String> connection,
        RedisScriptingAsyncCommands<String, String> commands,
        Supplier<? extends StatefulRedisPubSubConnection<String, String>> wakes) {
      try {
        return new Pair(connection, commands, wakes.get());
      } catch (RuntimeException e) {
        var unused = connection.closeAsync();
        throw e;
      }
    }

    private void drop() {
      var unused = connection.closeAsync();
      var unusedToo = wakes.closeAsync();
    }
  }

  private final Supplier<Pair> opening;

  private final ReentrantLock lock = new ReentrantLock();

  private volatile Pair pair;

  // Guarded by the lock.

  private final Map<String, Consumer<String>> subscribers = new LinkedHashMap<>();
  private int unanswered;
  private @Nullable Thread opener;
  private long openingSince;
  private boolean closed;

  /**
   * Opens the connections.
   *
   * @param opening opens both; may block
   */
  RedisConnections(Supplier<Pair> opening) {
    this.opening = opening;
    this.pair = opening.get();
  }

  /** The commands of the current connection. */
  RedisScriptingAsyncCommands<String, String> commands() {
    return pair.commands();
  }

  /** Subscribes to a channel, now and whenever the connections are opened anew. */
  void subscribe(String channel, Consumer<String> messages) {
    lock.lock();
    try {
      subscribers.put(channel, messages);
    } finally {
      lock.unlock();
    }
    subscribe(pair, channel, messages);
  }

  private static void subscribe(Pair pair, String channel, Consumer<String> messages) {
    pair.wakes()
        .addListener(
            new RedisPubSubAdapter<>() {
              @Override
              public void message(String from, String message) {
                if (from.equals(channel)) {
                  messages.accept(message);
                }
              }
            });
    pair.wakes().sync().subscribe(channel);
  }

  /** The server has answered. */
  void answered() {
    lock.lock();
    try {
      unanswered = 0;
    } finally {
      lock.unlock();
    }
  }

  /** An attempt has ended without an answer, or with that of a server that is not the master. */
  void unanswered() {
    Thread late = null;
    lock.lock();
    try {
      unanswered++;
      if (closed || unanswered < MOST_UNANSWERED) {
        return;
      }
      if (opener != null && System.nanoTime() - openingSince < LONGEST_OPENING_NANOS) {
        return;
      }
      late = opener;
      openingSince = System.nanoTime();
      opener = Thread.ofVirtual().name("headway-redis-connect").unstarted(this::open);
      opener.start();
    } finally {
      lock.unlock();
      if (late != null) {
        late.interrupt();
      }
    }
  }

  private void open() {
    try {
      Pair opened = opening.get();
      for (Map.Entry<String, Consumer<String>> each : subscribersNow().entrySet()) {
        subscribe(opened, each.getKey(), each.getValue());
      }
      replace(opened).drop();
    } catch (RuntimeException e) {
      LOGGER.log(Level.DEBUG, "the connections to Redis could not be opened anew", e);
      forget(Thread.currentThread());
    }
  }

  private Map<String, Consumer<String>> subscribersNow() {
    lock.lock();
    try {
      return new LinkedHashMap<>(subscribers);
    } finally {
      lock.unlock();
    }
  }

  /** Returns the pair that is no longer needed: the new one if it comes too late. */
  private Pair replace(Pair opened) {
    lock.lock();
    try {
      if (closed || !Thread.currentThread().equals(opener)) {
        return opened;
      }
      opener = null;
      unanswered = 0;
      Pair old = pair;
      pair = opened;
      return old;
    } finally {
      lock.unlock();
    }
  }

  private void forget(Thread failed) {
    lock.lock();
    try {
      opener = failed.equals(opener) ? null : opener;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    Thread last;
    lock.lock();
    try {
      closed = true;
      last = opener;
    } finally {
      lock.unlock();
    }
    if (last != null) {
      last.interrupt();
    }
    pair.wakes().close();
    pair.connection().close();
  }
}
