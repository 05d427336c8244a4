package dev.headway.postgres;

import dev.headway.distributed.SharedThrottleBuilder;
import dev.headway.distributed.Store;
import javax.sql.DataSource;

/**
 * Throttles whose limits are shared by all processes that use the same name on the same PostgreSQL
 * (13 or later).
 *
 * <pre>{@code
 * PGSimpleDataSource source = new PGSimpleDataSource();
 * source.setUrl(postgresUrl);
 * try (SharedThrottle api = PostgresThrottle.builder(source, "github").rate("100/m").build()) {
 *   api.run(() -> fetch(url));
 * }
 * }</pre>
 *
 * <p>A limit is a row of the table {@code headway_limit}, and rows of {@code headway_member} and
 * {@code headway_entry}. The tables and functions are created on first use, in the first schema of
 * the connection's search path, and looked up in all of it: processes that share a limit need the
 * same search path. A user without the right to create them needs an administrator who runs {@code
 * dev/headway/postgres/headway.sql} from this library's jar and grants the rights that it names.
 * Users of any limit delete expired rows.
 *
 * <p>The tables are unlogged, so a request writes nothing to disk. A server that crashes, or is
 * replaced by its standby, loses them: limits then count as used up for one period.
 *
 * <p>All throttles on one source use at most two of its connections: one for requests, and one for
 * wake-ups, kept until the last throttle is closed. That for requests goes back to a pool after a
 * tenth of a second without a request, and after a second in any case, so a pool of two suffices.
 * That for wake-ups must be a session of its own, not one that a pooler such as PgBouncer shares
 * between transactions. If the source hides PostgreSQL's driver, there are no wake-ups: a caller
 * that waits for the end of permits elsewhere polls at a third of the lease.
 */
public final class PostgresThrottle {

  private PostgresThrottle() {}

  /**
   * Builds a throttle that shares its limits through PostgreSQL. The first caller opens the
   * connection.
   *
   * @param source gives connections for as long as the throttle is used, pooled or not
   * @param name the name of the limits, any text
   */
  public static SharedThrottleBuilder builder(DataSource source, String name) {
    return SharedThrottleBuilder.on(store(source), name);
  }

  /** The store alone, for {@link SharedThrottleBuilder#on}. */
  public static Store store(DataSource source) {
    return new PostgresStore(source);
  }
}
