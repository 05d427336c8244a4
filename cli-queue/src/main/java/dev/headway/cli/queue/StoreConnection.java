package dev.headway.cli.queue;

import dev.headway.cli.job.SharedLimitsConnection;
import dev.headway.cli.option.LimitOptions;
import dev.headway.cli.text.FileErrors;
import dev.headway.distributed.SharedThrottle;
import dev.headway.distributed.SharedThrottleBuilder;
import dev.headway.distributed.Store;
import dev.headway.distributed.StoreUnavailableException;
import dev.headway.postgres.PostgresThrottle;
import dev.headway.redis.RedisThrottle;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleListener;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** A connection to a store, and the throttle whose limits are in it. */
final class StoreConnection implements SharedLimitsConnection {

  private static final Duration LONGEST_TO_CONNECT = Duration.ofSeconds(15);

  /** A job can wait for a server to be started anew. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final Store store;
  private final Closeable client;
  private @Nullable SharedThrottle throttle;

  private StoreConnection(Store store, Closeable client) {
    this.store = store;
    this.client = client;
  }

  /**
   * Connects.
   *
   * @throws IOException if that cannot be done; its message shows no password
   */
  static StoreConnection open(StoreUri uri) throws IOException {
    try {
      return uri.store() == StoreUri.Store.REDIS ? redis(uri) : postgresql(uri);
    } catch (RedisException | SQLException e) {
      throw new IOException(
          "cannot share limits at " + uri + ": " + FileErrors.reason(FileErrors.underneath(e)), e);
    }
  }

  private static StoreConnection redis(StoreUri uri) {
    Redis.silence();
    RedisURI address = RedisURI.create(uri.uri());
    if (address.getTimeout().equals(RedisURI.DEFAULT_TIMEOUT_DURATION)) {
      address.setTimeout(LONGEST_TO_CONNECT);
    }
    RedisClient alone = RedisClient.create(address);
    try {
      if (!isCluster(alone)) {
        return new StoreConnection(RedisThrottle.store(alone), alone::shutdown);
      }
    } catch (RedisException e) {
      alone.shutdown();
      throw e;
    }
    alone.shutdown();
    RedisClusterClient cluster = RedisClusterClient.create(address);
    try {
      return new StoreConnection(RedisThrottle.store(cluster), cluster::shutdown);
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

  private static StoreConnection postgresql(StoreUri shared) throws SQLException {
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
    return new StoreConnection(PostgresThrottle.store(source), () -> {});
  }

  @Override
  public Optional<String> outage(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StoreUnavailableException unavailable) {
        return Optional.of(unavailable.reason());
      }
    }
    return Optional.empty();
  }

  @Override
  public Throttle open(
      String sharedName,
      String name,
      LimitOptions limits,
      ThrottleListener listener,
      Consumer<String> remarks) {
    SharedThrottle made =
        limits
            .addTo(
                SharedThrottleBuilder.on(new ObservedStore(store, remarks), sharedName)
                    .timeout(LONGEST_WAIT),
                limits.concurrency())
            .name(name)
            .listener(listener)
            .build();
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
