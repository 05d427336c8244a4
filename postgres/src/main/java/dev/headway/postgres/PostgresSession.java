package dev.headway.postgres;

import dev.headway.distributed.StoreResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.postgresql.PGConnection;

/** A connection for requests. */
final class PostgresSession {

  private static final String DECIDE = "SELECT headway_decide(?, ?, ?)";

  /** No such function, table, type or schema. */
  private static final Set<String> MISSING = Set.of("42883", "42P01", "42704", "3F000");

  private final Connection connection;
  private final boolean autoCommit;
  private final int isolation;
  private final PreparedStatement decide;
  private final long since = System.nanoTime();

  private PostgresSession(Connection connection) throws SQLException {
    this.connection = connection;
    autoCommit = connection.getAutoCommit();
    if (!autoCommit) {
      connection.setAutoCommit(true);
    }
    isolation = connection.getTransactionIsolation();
    if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }
    Schema.bringUpToDate(connection);
    decide = connection.prepareStatement(DECIDE);
  }

  /** Prepares a connection for requests. */
  static PostgresSession on(Connection connection) throws SQLException {
    try {
      return new PostgresSession(connection);
    } catch (SQLException | RuntimeException e) {
      Connections.breakOff(connection);
      throw e;
    }
  }

  /** Whether closing the connection gives it back to others. */
  boolean isOfPool() {
    return !(connection instanceof PGConnection);
  }

  /** How long the connection has been in use. */
  long ageNanos() {
    return System.nanoTime() - since;
  }

  StoreResponse decide(PendingRequest call) throws SQLException {
    try {
      return StoreResponse.of(words(call));
    } catch (SQLException e) {
      if (!MISSING.contains(e.getSQLState())) {
        throw e;
      }
      Schema.install(connection);
      return StoreResponse.of(words(call));
    }
  }

  private List<String> words(PendingRequest call) throws SQLException {
    decide.setBytes(1, call.key);
    decide.setString(2, KeyHash.shown(call.limit));
    decide.setArray(3, connection.createArrayOf("text", call.words.toArray()));
    try (ResultSet decided = decide.executeQuery()) {
      decided.next();
      return List.of((String[]) decided.getArray(1).getArray());
    }
  }

  /** Restores the connection and returns it. */
  void giveBack() {
    try {
      decide.close();
      if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
        connection.setTransactionIsolation(isolation);
      }
      if (!autoCommit) {
        connection.setAutoCommit(false);
      }
      connection.close();
    } catch (SQLException e) {
      breakOff();
    }
  }

  void breakOff() {
    Connections.breakOff(connection);
  }
}
