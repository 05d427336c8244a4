package dev.headway.redis;

import dev.headway.distributed.Store;
import dev.headway.distributed.StoreRequest;
import dev.headway.distributed.StoreResponse;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A store on Redis: one script decides, on one connection; wake-ups come on another. */
final class RedisStore implements Store {

  private static final String PREFIX = "headway:";
  private static final String WAKE = PREFIX + "wake:";
  private static final String SCRIPT = script();

  private final RedisScriptingAsyncCommands<String, String> commands;
  private final AutoCloseable connection;
  private final StatefulRedisPubSubConnection<String, String> wakes;
  private final String digest;

  RedisStore(
      StatefulRedisConnection<String, String> connection,
      StatefulRedisPubSubConnection<String, String> wakes) {
    this(connection.async(), connection, wakes);
  }

  RedisStore(
      StatefulRedisClusterConnection<String, String> connection,
      StatefulRedisPubSubConnection<String, String> wakes) {
    this(connection.async(), connection, wakes);
  }

  private RedisStore(
      RedisScriptingAsyncCommands<String, String> commands,
      AutoCloseable connection,
      StatefulRedisPubSubConnection<String, String> wakes) {
    this.commands = commands;
    this.connection = connection;
    this.wakes = wakes;
    this.digest = commands.digest(SCRIPT);
  }

  private static String script() {
    try (InputStream in = RedisStore.class.getResourceAsStream("decide.lua")) {
      if (in == null) {
        throw new IllegalStateException("decide.lua is missing beside " + RedisStore.class);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The key of everything that belongs to a limit. Braces keep it on one node of a cluster. */
  static String key(String limit) {
    return PREFIX + "{" + URLEncoder.encode(limit, StandardCharsets.UTF_8) + "}";
  }

  @Override
  public CompletionStage<StoreResponse> decide(String limit, StoreRequest question) {
    String[] keys = {key(limit)};
    List<String> words = new ArrayList<>(question.words());
    words.add(limit);
    String[] arguments = words.toArray(String[]::new);
    CompletableFuture<List<String>> cached =
        commands
            .<List<String>>evalsha(digest, ScriptOutputType.MULTI, keys, arguments)
            .toCompletableFuture();
    CompletableFuture<StoreResponse> answer =
        cached
            .exceptionallyCompose(failure ->
                failure instanceof RedisNoScriptException
                    ? commands.<List<String>>eval(SCRIPT, ScriptOutputType.MULTI, keys, arguments)
                    : CompletableFuture.failedFuture(failure))
            .thenApply(StoreResponse::of);
    return new Cancelling(answer, cached);
  }

  /** A future whose cancellation withdraws a command that has not been sent. */
  private static final class Cancelling extends CompletableFuture<StoreResponse> {

    private final CompletableFuture<?> command;

    Cancelling(CompletableFuture<StoreResponse> answer, CompletableFuture<?> command) {
      this.command = command;
      var unused =
          answer.whenComplete((decided, failure) -> {
            if (failure == null) {
              complete(decided);
            } else {
              completeExceptionally(RedisErrors.of(failure));
            }
          });
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      command.cancel(mayInterruptIfRunning);
      return super.cancel(mayInterruptIfRunning);
    }
  }

  @Override
  public void listen(String member, Consumer<String> wake) {
    wakes.addListener(
        new RedisPubSubAdapter<>() {
          @Override
          public void message(String channel, String limit) {
            wake.accept(limit);
          }
        });
    wakes.sync().subscribe(WAKE + member);
  }

  @Override
  public void close() {
    wakes.close();
    try {
      connection.close();
    } catch (Exception e) {
      throw new IllegalStateException("the connection could not be closed", e);
    }
  }
}
