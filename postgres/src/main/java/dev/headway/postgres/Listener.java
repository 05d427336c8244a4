package dev.headway.postgres;

import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Listens for wake-ups of all members on a data source, on one channel, with a connection and a
 * virtual thread of its own.
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
  private final String id = UUID.randomUUID().toString();
  private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();
  private final Thread thread =
      Thread.ofVirtual().name("headway-postgres-wakes").unstarted(this::run);

  private final AtomicBoolean started = new AtomicBoolean();
  private volatile boolean closed;
  private Duration pause = SHORTEST_BREAK;

  Listener(DataSource source) {
    this.source = source;
  }

  /** What a member is called, so that its wake-ups come here: the first part names the channel. */
  String member(String own) {
    return id + "/" + own;
  }

  void add(Subscriber subscriber) {
    subscribers.add(subscriber);
    if (started.compareAndSet(false, true)) {
      thread.start();
    }
  }

  void remove(Subscriber subscriber) {
    subscribers.remove(subscriber);
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
      statement.execute("LISTEN " + KeyHash.channel(id));
    }
    pause = SHORTEST_BREAK;
    // Wake-ups before this were missed.
    subscribers.forEach(Subscriber::wakeAll);
    while (!closed) {
      PGNotification[] heard = driver.getNotifications(SILENCE_MILLIS);
      if (heard.length == 0 && !connection.isValid(PATIENCE_SECONDS)) {
        return;
      }
      for (PGNotification notification : heard) {
        subscribers.forEach(member -> member.wake(notification.getParameter()));
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
    if (!started.get()) {
      return;
    }
    thread.interrupt();
    ThreadJoin.to(thread, LONGEST_FAREWELL);
  }
}
