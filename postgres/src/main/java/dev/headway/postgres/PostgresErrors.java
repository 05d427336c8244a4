package dev.headway.postgres;

import dev.headway.distributed.StoreRefusedException;
import java.sql.SQLException;
import java.util.List;

/** Tells errors that PostgreSQL answers with from a PostgreSQL that cannot answer for now. */
final class PostgresErrors {

  /**
   * Classes and codes of SQLSTATE that may pass: lost connections, rolled back transactions, too
   * many connections, cancelled statements, shutting down or starting up, and internal errors: a
   * session that remembers tables that have been dropped meanwhile gets one.
   */
  private static final List<String> FOR_NOW =
      List.of("08", "40", "53300", "55P03", "57014", "57P01", "57P02", "57P03", "57P05", "XX000");

  private PostgresErrors() {}

  /** A {@link StoreRefusedException} for an error that will not pass by itself soon. */
  static Throwable of(SQLException failure) {
    String state = failure.getSQLState();
    boolean refused = state != null && FOR_NOW.stream().noneMatch(state::startsWith);
    return refused
        ? new StoreRefusedException(String.valueOf(failure.getMessage()), failure)
        : failure;
  }
}
