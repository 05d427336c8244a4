/** One limit for many processes, on PostgreSQL. */
module dev.headway.postgres {
  requires transitive dev.headway.distributed;
  requires transitive java.sql;
  requires org.postgresql.jdbc;
  requires static org.checkerframework.checker.qual;
  requires static org.jspecify;

  exports dev.headway.postgres;
}
