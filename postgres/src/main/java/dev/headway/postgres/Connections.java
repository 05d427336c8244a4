package dev.headway.postgres;

import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;

/** Closes connections that are no longer usable. */
final class Connections {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  private Connections() {}

  /** Aborts a connection that may hang, so that no pool reuses it. Does not wait. */
  static void breakOff(Connection connection) {
    Thread.ofVirtual()
        .name("headway-postgres-end")
        .start(() -> {
          try {
            connection.abort(Runnable::run);
            connection.close();
          } catch (SQLException e) {
            LOGGER.log(Level.DEBUG, "a broken connection could not be closed", e);
          }
        });
  }
}
