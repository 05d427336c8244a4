package dev.headway.redis;

import dev.headway.distributed.SharedThrottleBuilder;
import dev.headway.distributed.Store;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;

/**
 * Throttles whose limits are shared by all processes that use the same name on the same Redis (6.2
 * or later) or Valkey.
 *
 * <pre>{@code
 * try (RedisClient client = RedisClient.create(redisUrl);
 *     SharedThrottle api = RedisThrottle.builder(client, "github").rate("100/m").build()) {
 *   api.run(() -> fetch(url));
 * }
 * }</pre>
 *
 * <p>A limit is one hash and a list for each window. Their keys begin with {@code headway:} and
 * have the limit's name in braces, so that a cluster keeps them together. They expire when they no
 * longer matter. A user with an access control list needs the keys {@code ~headway:*}, the channels
 * {@code &headway:*} and the commands {@code +@connection +@scripting +@pubsub +@hash +@list
 * +@keyspace +time}.
 *
 * <p>A throttle opens two connections of the client and closes them when it is closed. It does not
 * close the client. When a server no longer answers, the throttle opens both anew, so that it finds
 * the master that sentinels or a cluster have named meanwhile.
 */
public final class RedisThrottle {

  private RedisThrottle() {}

  /**
   * Builds a throttle that shares its limits through one Redis, or one that sentinels name.
   *
   * @param client stays open for as long as the throttle is used
   * @param name the name of the limits, any text
   * @throws io.lettuce.core.RedisConnectionException if it cannot be reached
   */
  public static SharedThrottleBuilder builder(RedisClient client, String name) {
    return SharedThrottleBuilder.on(store(client), name);
  }

  /**
   * Builds a throttle that shares its limits through a cluster.
   *
   * @param client stays open for as long as the throttle is used
   * @param name the name of the limits, any text
   * @throws io.lettuce.core.RedisException if it cannot be reached
   */
  public static SharedThrottleBuilder builder(RedisClusterClient client, String name) {
    return SharedThrottleBuilder.on(store(client), name);
  }

  /** The store alone, for {@link SharedThrottleBuilder#on}. */
  public static Store store(RedisClient client) {
    return new RedisStore(() -> {
      StatefulRedisConnection<String, String> connection = client.connect();
      return RedisConnections.Pair.of(connection, connection.async(), client::connectPubSub);
    });
  }

  /** The store alone, for {@link SharedThrottleBuilder#on}. */
  public static Store store(RedisClusterClient client) {
    return new RedisStore(() -> {
      // A client that was made during a failover may know no master for some keys.
      client.refreshPartitions();
      StatefulRedisClusterConnection<String, String> connection = client.connect();
      return RedisConnections.Pair.of(connection, connection.async(), client::connectPubSub);
    });
  }
}
