package dev.headway.cli.shared;

import dev.headway.cli.Faults;
import dev.headway.distributed.SharedThrottle;
import dev.headway.distributed.SharedThrottleBuilder;
import dev.headway.distributed.Store;
import dev.headway.postgres.PostgresThrottle;
import dev.headway.redis.RedisThrottle;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Limits that a command shares with others, and the connections that this takes. */
public final class SharedLimit implements Closeable {

  private static final Duration LONGEST_TO_CONNECT = Duration.ofSeconds(15);

  /** A job can wait for a server to be started anew. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final Store store;
  private final Closeable client;
  private @Nullable SharedThrottle throttle;

  private SharedLimit(Store store, Closeable client) {
    this.store = store;
    this.client = client;
  }

  /**
   * Connects, if there is anything to connect to; null if not.
   *
   * @throws IOException if that cannot be done; what it says shows no password
   */
  public static @Nullable SharedLimit open(Optional<SharedUri> given) throws IOException {
    if (given.isEmpty()) {
      return null;
    }
    SharedUri uri = given.get();
    try {
      return uri.store() == SharedUri.Store.REDIS ? redis(uri) : postgresql(uri);
    } catch (RedisException | SQLException e) {
      throw new IOException(
          "cannot share limits at " + uri + ": " + Faults.reason(Faults.underneath(e)), e);
    }
  }

  private static SharedLimit redis(SharedUri uri) {
    Redis.silence();
    RedisURI address = RedisURI.create(uri.uri());
    if (address.getTimeout().equals(RedisURI.DEFAULT_TIMEOUT_DURATION)) {
      address.setTimeout(LONGEST_TO_CONNECT);
    }
    RedisClient alone = RedisClient.create(address);
    try {
      if (!isCluster(alone)) {
        return new SharedLimit(RedisThrottle.store(alone), alone::shutdown);
      }
    } catch (RedisException e) {
      alone.shutdown();
      throw e;
    }
    alone.shutdown();
    RedisClusterClient cluster = RedisClusterClient.create(address);
    try {
      return new SharedLimit(RedisThrottle.store(cluster), cluster::shutdown);
    } catch (RedisException e) {
      cluster.shutdown();
      throw e;
    }
  }

  private static boolean isCluster(RedisClient client) {
    try (var connection = client.connect()) {
      return Redis.isCluster(connection.async());
    }
  }

  private static SharedLimit postgresql(SharedUri shared) throws SQLException {
    URI uri = URI.create(shared.uri());
    PGSimpleDataSource source = new PGSimpleDataSource();
    String options = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    source.setURL("jdbc:postgresql://" + uri.getHost() + port + uri.getRawPath() + options);
    String[] user =
        uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
    if (user.length > 0) {
      source.setUser(URLDecoder.decode(user[0], StandardCharsets.UTF_8));
    }
    if (user.length > 1) {
      source.setPassword(URLDecoder.decode(user[1], StandardCharsets.UTF_8));
    }
    source.setLoginTimeout((int) LONGEST_TO_CONNECT.toSeconds());
    source.getConnection().close();
    return new SharedLimit(PostgresThrottle.store(source), () -> {});
  }

  /** Begins the throttle whose limits have a name. */
  public SharedThrottleBuilder begin(String name) {
    return SharedThrottleBuilder.on(store, name).timeout(LONGEST_WAIT);
  }

  /** Takes the throttle, which is to be closed too. */
  public SharedThrottle opened(SharedThrottle made) {
    throttle = made;
    return made;
  }

  @Override
  public void close() throws IOException {
    if (throttle == null) {
      store.close();
    } else {
      throttle.close();
    }
    client.close();
  }
}
