package dev.headway.postgres;

import dev.headway.distributed.StoreRefusedException;
import java.sql.SQLException;
import java.util.List;

/** Distinguishes errors that PostgreSQL reports from a PostgreSQL that cannot answer now. */
final class PostgresErrors {

  /**
   * Classes and codes of SQLSTATE of transient errors: lost connections, rolled back transactions,
   * too many connections, cancelled statements, shutdown or startup, and internal errors: a session
   * that remembers dropped tables gets one.
   */
  private static final List<String> FOR_NOW =
      List.of("08", "40", "53300", "55P03", "57014", "57P01", "57P02", "57P03", "57P05", "XX000");

  private PostgresErrors() {}

  /** A {@link StoreRefusedException} for an error that is not transient. */
  static Throwable of(SQLException failure) {
    String state = failure.getSQLState();
    boolean refused = state != null && FOR_NOW.stream().noneMatch(state::startsWith);
    return refused
        ? new StoreRefusedException(String.valueOf(failure.getMessage()), failure)
        : failure;
  }
}
