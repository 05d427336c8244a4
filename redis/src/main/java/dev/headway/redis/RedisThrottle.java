package dev.headway.redis;

import dev.headway.distributed.SharedThrottleBuilder;
import dev.headway.distributed.Store;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;

/**
 * Throttles whose limits hold for all processes that use the same name on the same Redis (6.2 or
 * later) or Valkey.
 *
 * <pre>{@code
 * try (RedisClient client = RedisClient.create(redisUrl);
 *     SharedThrottle api = RedisThrottle.builder(client, "github").rate("100/m").build()) {
 *   api.run(() -> fetch(url));
 * }
 * }</pre>
 *
 * <p>All that Redis holds of a limit is in one hash, and a list for each window, whose names begin
 * with {@code headway:} and have the limit's name in braces, so that a cluster keeps them together.
 * They expire when they can matter no more. A user with an access control list needs the keys
 * {@code ~headway:*}, the channels {@code &headway:*} and the commands {@code +@connection
 * +@scripting +@pubsub +@hash +@list +@keyspace +time}.
 *
 * <p>A throttle opens two connections on the client and closes them when it is closed; the client
 * stays its owner's.
 */
public final class RedisThrottle {

  private RedisThrottle() {}

  /**
   * Begins a throttle that shares its limits through one Redis, or one that sentinels name.
   *
   * @param client stays open for as long as the throttle is used
   * @param name the name of the limits, any text
   * @throws io.lettuce.core.RedisConnectionException if it cannot be reached
   */
  public static SharedThrottleBuilder builder(RedisClient client, String name) {
    return SharedThrottleBuilder.on(store(client), name);
  }

  /**
   * Begins a throttle that shares its limits through a cluster.
   *
   * @param client stays open for as long as the throttle is used
   * @param name the name of the limits, any text
   * @throws io.lettuce.core.RedisException if it cannot be reached
   */
  public static SharedThrottleBuilder builder(RedisClusterClient client, String name) {
    return SharedThrottleBuilder.on(store(client), name);
  }

  /** The store itself, to build throttles on stores of any kind. */
  public static Store store(RedisClient client) {
    return new RedisStore(client.connect(), client.connectPubSub());
  }

  /** The store itself, to build throttles on stores of any kind. */
  public static Store store(RedisClusterClient client) {
    return new RedisStore(client.connect(), client.connectPubSub());
  }
}
