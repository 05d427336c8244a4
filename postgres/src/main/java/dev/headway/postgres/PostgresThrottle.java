package dev.headway.postgres;

import dev.headway.distributed.SharedThrottleBuilder;
import dev.headway.distributed.Store;
import javax.sql.DataSource;

/**
 * Throttles whose limits hold for all processes that use the same name on the same PostgreSQL (13
 * or later).
 *
 * <pre>{@code
 * PGSimpleDataSource source = new PGSimpleDataSource();
 * source.setUrl(postgresUrl);
 * try (SharedThrottle api = PostgresThrottle.builder(source, "github").rate("100/m").build()) {
 *   api.run(() -> fetch(url));
 * }
 * }</pre>
 *
 * <p>All that PostgreSQL holds of a limit is in a row of the table {@code headway_limit}, and rows
 * of {@code headway_member} and {@code headway_entry}. The tables, and the functions that decide,
 * are created in the first schema of the connection's search path when they are first needed; they
 * are looked for in all of it, so processes that share a limit need the same one. A user who may
 * not create them needs a person who runs {@code dev/headway/postgres/headway.sql} from this
 * library's jar there, and the rights that it names. Rows are deleted, by the users of any limit,
 * when they can matter no more.
 *
 * <p>The tables are not logged, so a decision writes nothing to the disk before it is answered. A
 * server that crashes, or is replaced by its standby, has lost them: then limits count as used up,
 * and go on.
 *
 * <p>A throttle uses two connections of the source at most: one while it asks, given back when it
 * has not for 5 seconds, and one on which it hears that it should ask again, until it is closed.
 * The latter must be a session of its own, not one that a pooler such as PgBouncer lends to others
 * between transactions. Where the connections are not of PostgreSQL's own driver, or wrapped so
 * that they do not say so, it does without: then a caller that waits for others' permits to end
 * finds out by asking, at a third of the lease.
 */
public final class PostgresThrottle {

  private PostgresThrottle() {}

  /**
   * Begins a throttle that shares its limits through PostgreSQL. It is first connected to when a
   * caller comes.
   *
   * @param source gives connections for as long as the throttle is used, pooled or not
   * @param name the name of the limits, any text
   */
  public static SharedThrottleBuilder builder(DataSource source, String name) {
    return SharedThrottleBuilder.on(store(source), name);
  }

  /** The store itself, to build throttles on stores of any kind. */
  public static Store store(DataSource source) {
    return new PostgresStore(source);
  }
}
