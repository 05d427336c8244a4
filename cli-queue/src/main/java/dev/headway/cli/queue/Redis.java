package dev.headway.cli.queue;

import dev.headway.cli.text.FileErrors;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.Slf4JLoggerFactory;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection to Redis, or to whatever speaks like it: alone, with Sentinels or as a Cluster. When
 * it breaks, it reconnects and sends pending commands again. Each command has a deadline; once one
 * has missed it, all others fail at once.
 *
 * <p>What has to be said goes to the caller, so that Lettuce logs nothing.
 */
final class Redis implements Closeable {

  /** How long a command may take where the URI says nothing else, with its timeout. */
  private static final Duration DEADLINE = Duration.ofSeconds(15);

  private static final Duration BETWEEN_CONNECTS = Duration.ofMillis(100);

  /** Runs what is asked again after a moment. */
  private static final Executor LATER =
      CompletableFuture.delayedExecutor(BETWEEN_CONNECTS.toMillis(), TimeUnit.MILLISECONDS);

  private final StoreUri uri;
  private final Duration deadline;
  private final ClientResources resources;
  private final AbstractRedisClient client;
  private final RedisClusterAsyncCommands<String, String> commands;

  /** What was not answered in time, if anything. */
  private volatile @Nullable IOException failure;

  private Redis(
      StoreUri uri,
      Duration deadline,
      ClientResources resources,
      AbstractRedisClient client,
      RedisClusterAsyncCommands<String, String> commands) {
    this.uri = uri;
    this.deadline = deadline;
    this.resources = resources;
    this.client = client;
    this.commands = commands;
  }

  /**
   * Connects.
   *
   * @param again whether to connect again when the connection breaks
   * @throws IOException if that cannot be done in time
   */
  public static Redis connect(StoreUri uri, boolean again) throws IOException {
    silence();
    RedisURI address = RedisURI.create(uri.uri());
    Duration given = address.getTimeout();
    Duration deadline = given.equals(RedisURI.DEFAULT_TIMEOUT_DURATION) ? DEADLINE : given;
    address.setTimeout(deadline);
    ClientResources resources =
        ClientResources.builder().reconnectDelay(Delay.constant(BETWEEN_CONNECTS)).build();
    AbstractRedisClient client = RedisClient.create(resources, address);
    try {
      RedisClusterAsyncCommands<String, String> alone =
          connect((RedisClient) client, deadline, again);
      if (!isCluster(alone)) {
        return new Redis(uri, deadline, resources, client, alone);
      }
      shutDown(client);
      RedisClusterClient cluster = RedisClusterClient.create(resources, address);
      client = cluster;
      return new Redis(uri, deadline, resources, client, connect(cluster, deadline, again));
    } catch (RedisException e) {
      shutDown(client);
      shutDown(resources);
      throw new IOException(
          "cannot connect to Redis at " + uri + ": " + FileErrors.reason(FileErrors.underneath(e)),
          e);
    }
  }

  /** The factory says that it should not be used because it does not look for another. */
  @SuppressWarnings("deprecation")
  static void silence() {
    InternalLoggerFactory.setDefaultFactory(Slf4JLoggerFactory.INSTANCE);
  }

  private static RedisClusterAsyncCommands<String, String> connect(
      RedisClient client, Duration deadline, boolean again) {
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(again)
            .disconnectedBehavior(DisconnectedBehavior.ACCEPT_COMMANDS)
            .timeoutOptions(TimeoutOptions.enabled(deadline))
            .build());
    StatefulRedisConnection<String, String> connection = client.connect();
    return connection.async();
  }

  private static RedisClusterAsyncCommands<String, String> connect(
      RedisClusterClient client, Duration deadline, boolean again) {
    client.setOptions(
        ClusterClientOptions.builder()
            .autoReconnect(again)
            .disconnectedBehavior(DisconnectedBehavior.ACCEPT_COMMANDS)
            .timeoutOptions(TimeoutOptions.enabled(deadline))
            .build());
    StatefulRedisClusterConnection<String, String> connection = client.connect();
    return connection.async();
  }

  /** Who may not ask is taken to be alone with it. */
  static boolean isCluster(RedisClusterAsyncCommands<String, String> commands) {
    try {
      return commands.info("cluster").toCompletableFuture().join().contains("cluster_enabled:1");
    } catch (CompletionException e) {
      if (e.getCause() instanceof RedisCommandExecutionException) {
        return false;
      }
      throw new RedisException(e.getCause());
    }
  }

  /** What can be asked for once: it may not be known whether it was done. */
  public RedisClusterAsyncCommands<String, String> once() {
    return commands;
  }

  /** Something to ask for. */
  public interface Question<T> extends Function<RedisClusterAsyncCommands<String, String>, T> {}

  /**
   * Asks for something that does no harm if it is done twice, and again if the connection breaks.
   */
  public <T> CompletionStage<T> ask(Question<? extends CompletionStage<T>> question) {
    IOException failed = failure;
    return failed == null
        ? ask(question, System.nanoTime() + deadline.toNanos())
        : CompletableFuture.failedStage(new UncheckedIOException(failed));
  }

  private <T> CompletionStage<T> ask(Question<? extends CompletionStage<T>> question, long until) {
    return question
        .apply(commands)
        .exceptionallyComposeAsync(
            fault ->
                isBroken(fault) && System.nanoTime() < until
                    ? ask(question, until)
                    : CompletableFuture.failedStage(fault),
            LATER);
  }

  /** Lettuce sends pending commands again, except the one that failed. */
  private static boolean isBroken(Throwable fault) {
    Throwable cause = fault instanceof CompletionException wrapped ? wrapped.getCause() : fault;
    return cause instanceof IOException || cause instanceof RedisConnectionException;
  }

  /**
   * Waits for an answer, until the deadline if need be: an interrupt stays pending, since what was
   * asked for is done all the same.
   *
   * @throws RefusedException if Redis says no
   * @throws IOException if there is no answer, or if that is what a stage of the answer has thrown,
   *     as an {@link UncheckedIOException}
   */
  public <T> T get(CompletionStage<T> answer) throws IOException {
    Future<T> future = answer.toCompletableFuture();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw told(e.getCause() == null ? e : e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private IOException told(Throwable fault) {
    String said = String.valueOf(fault.getMessage());
    if (fault.getCause() instanceof IOException cause && fault instanceof UncheckedIOException) {
      return cause;
    }
    return switch (fault) {
      case RedisCommandExecutionException refused -> new RefusedException(uri, said, fault);
      case RedisCommandTimeoutException late -> {
        IOException told =
            new IOException(
                "Redis at " + uri + " has not answered for " + deadline.toMillis() + " ms", fault);
        failure = told;
        yield told;
      }
      case IOException broken -> broke(broken);
      case RedisException broken -> broke(broken);
      default -> throw new IllegalStateException(fault);
    };
  }

  private IOException broke(Throwable fault) {
    return new IOException(
        "the connection to Redis at " + uri + " broke: " + fault.getMessage(), fault);
  }

  /** Redis has said no. */
  public static final class RefusedException extends IOException {

    private static final long serialVersionUID = 1;

    private RefusedException(StoreUri uri, String said, Throwable cause) {
      super("Redis at " + uri + " refuses: " + said + advice(said), cause);
    }

    private static String advice(String said) {
      return said.contains("Unknown Redis command") || said.contains("unknown command")
          ? " (Redis 6.2 or later, or Valkey, is needed)"
          : "";
    }
  }

  /** An interrupt stays pending. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    shutDown(client);
    shutDown(resources);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void shutDown(AbstractRedisClient client) {
    client.shutdown(0, 1, TimeUnit.SECONDS);
  }

  private static void shutDown(ClientResources resources) {
    resources.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
  }
}
