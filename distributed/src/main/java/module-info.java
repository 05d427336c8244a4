/** Limits that many processes share, on any store. */
module dev.headway.distributed {
  requires transitive dev.headway;
  requires static org.jspecify;

  exports dev.headway.distributed;
}
