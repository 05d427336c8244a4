/** One limit for many processes, on Redis. */
module dev.headway.redis {
  requires transitive dev.headway.distributed;
  requires transitive lettuce.core;
  requires static org.jspecify;

  exports dev.headway.redis;
}
