package dev.headway.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Creates and updates the tables and functions that requests need. */
final class Schema {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");
  private static final String FILE = "headway.sql";
  private static final String SCRIPT = script();
  private static final int VERSION = version(SCRIPT);

  /** The lock during their creation: the letters of "headway". */
  private static final long ADVISORY_LOCK = 0x68656164776179L;

  private static final String UNDEFINED_FUNCTION = "42883";
  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  private static final AtomicBoolean TOLD_OLD = new AtomicBoolean();

  private Schema() {}

  private static String script() {
    try (InputStream in = Schema.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is missing beside " + Schema.class);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int version(String script) {
    Matcher number = Pattern.compile("headway_version\\(\\)[^']*'SELECT (\\d+)'").matcher(script);
    if (!number.find()) {
      throw new IllegalStateException(FILE + " does not say which version it is");
    }
    return Integer.parseInt(number.group(1));
  }

  /** Creates everything that is missing or older than this version. */
  static void bringUpToDate(Connection connection) throws SQLException {
    int installed = installed(connection);
    if (installed >= VERSION) {
      return;
    }
    try {
      underLock(connection, installed);
    } catch (SQLException e) {
      if (installed == 0 || !INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
        throw e;
      }
      if (TOLD_OLD.compareAndSet(false, true)) {
        LOGGER.log(
            Level.WARNING,
            "Headway''s functions in the database have version {0}, not {1}, and this user must not"
                + " replace them; run {2} again",
            installed,
            VERSION,
            FILE);
      }
    }
  }

  /** Creates everything that is missing, whatever the recorded version. */
  static void install(Connection connection) throws SQLException {
    underLock(connection, Integer.MAX_VALUE);
  }

  private static int installed(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return number(statement, "SELECT headway_version()");
    } catch (SQLException e) {
      if (UNDEFINED_FUNCTION.equals(e.getSQLState())) {
        return 0;
      }
      throw e;
    }
  }

  /** Runs the script, unless another process has done so since the version was read. */
  private static void underLock(Connection connection, int seen) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL lock_timeout = '5s'");
      statement.execute("SELECT pg_advisory_xact_lock(" + ADVISORY_LOCK + ")");
      boolean there =
          number(
                  statement,
                  "SELECT CASE WHEN to_regprocedure('headway_version()') IS NULL THEN 0 ELSE 1 END")
              == 1;
      int now = there ? number(statement, "SELECT headway_version()") : 0;
      if (now < VERSION || seen == Integer.MAX_VALUE) {
        statement.execute(SCRIPT);
      }
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw INSUFFICIENT_PRIVILEGE.equals(e.getSQLState()) ? notAllowed(e) : e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private static int number(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static SQLException notAllowed(SQLException e) {
    return new SQLException(
        "some of Headway's tables and functions are not in the search path, and this user must"
            + " not create them ("
            + e.getMessage()
            + "); run dev/headway/postgres/headway.sql from headway-postgres's jar as another user,"
            + " and grant the rights that it names",
        e.getSQLState(),
        e);
  }
}
