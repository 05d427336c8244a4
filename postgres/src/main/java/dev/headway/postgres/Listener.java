package dev.headway.postgres;

import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Listens for wake-ups of a member, on a connection and a virtual thread of its own. A wake-up has
 * the key of a limit, since a name may be too long for it; so this remembers the limits that wait.
 */
final class Listener {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");
  private static final AtomicBoolean TOLD_DEAF = new AtomicBoolean();

  private static final Duration SHORTEST_BREAK = Duration.ofMillis(50);
  private static final Duration LONGEST_BREAK = Duration.ofSeconds(10);
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(1);

  /** After this much silence the connection is checked. */
  private static final int SILENCE_MILLIS = 15_000;

  private static final int PATIENCE_SECONDS = 5;

  private final DataSource source;
  private final String channel;
  private final Consumer<String> wake;
  private final Thread thread;

  /** The names of limits that the member waits for, or has a request in flight for. */
  private final Map<String, String> expected = new ConcurrentHashMap<>();

  private volatile boolean closed;
  private Duration pause = SHORTEST_BREAK;

  Listener(DataSource source, String member, Consumer<String> wake) {
    this.source = source;
    this.channel = KeyHash.channel(member);
    this.wake = wake;
    this.thread = Thread.ofVirtual().name("headway-postgres-wakes").start(this::run);
  }

  void expect(byte[] key, String limit) {
    expected.put(KeyHash.hex(key), limit);
  }

  void forget(byte[] key) {
    expected.remove(KeyHash.hex(key));
  }

  private void run() {
    try {
      while (!closed) {
        if (!listen()) {
          return;
        }
        Thread.sleep(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_BREAK) > 0
                ? LONGEST_BREAK
                : pause.multipliedBy(2);
      }
    } catch (InterruptedException e) {
      // It has been closed.
    }
  }

  /** Listens until the connection fails. Returns whether another attempt is worthwhile. */
  private boolean listen() {
    Connection connection;
    try {
      connection = source.getConnection();
    } catch (SQLException | RuntimeException e) {
      LOGGER.log(Level.DEBUG, "no connection for wake-ups", e);
      return true;
    }
    try {
      if (!connection.isWrapperFor(PGConnection.class)) {
        tellDeaf();
        return false;
      }
      listen(connection, connection.unwrap(PGConnection.class));
    } catch (SQLException | RuntimeException e) {
      LOGGER.log(Level.DEBUG, "the connection for wake-ups is broken", e);
    } finally {
      Connections.breakOff(connection);
    }
    return true;
  }

  private void listen(Connection connection, PGConnection driver) throws SQLException {
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + channel);
    }
    pause = SHORTEST_BREAK;
    // Wake-ups before this were missed.
    expected.values().forEach(wake);
    while (!closed) {
      PGNotification[] heard = driver.getNotifications(SILENCE_MILLIS);
      if (heard.length == 0 && !connection.isValid(PATIENCE_SECONDS)) {
        return;
      }
      for (PGNotification notification : heard) {
        String limit = expected.get(notification.getParameter());
        if (limit != null) {
          wake.accept(limit);
        }
      }
    }
  }

  private static void tellDeaf() {
    if (TOLD_DEAF.compareAndSet(false, true)) {
      LOGGER.log(
          Level.WARNING,
          "the connections of the data source are not of PostgreSQL''s own driver, or cannot be"
              + " unwrapped, so there are no wake-ups; callers poll instead");
    }
  }

  void close() {
    closed = true;
    thread.interrupt();
    ThreadJoin.to(thread, LONGEST_FAREWELL);
  }
}
