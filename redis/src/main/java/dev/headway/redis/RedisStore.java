package dev.headway.redis;

import dev.headway.distributed.Store;
import dev.headway.distributed.StoreRequest;
import dev.headway.distributed.StoreResponse;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import io.lettuce.core.codec.Base16;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store on Redis: one script decides, on one connection; wake-ups come on another. */
final class RedisStore implements Store {

  private static final String PREFIX = "headway:";
  private static final String WAKE = PREFIX + "wake:";
  private static final String SCRIPT = script();

  private static final String DIGEST = Base16.digest(SCRIPT.getBytes(StandardCharsets.UTF_8));

  private final RedisConnections connections;

  /**
   * A store on connections.
   *
   * @param opening opens them; may block
   */
  RedisStore(Supplier<RedisConnections.Pair> opening) {
    this.connections = new RedisConnections(opening);
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
    RedisScriptingAsyncCommands<String, String> commands = connections.commands();
    CompletableFuture<List<String>> cached =
        commands
            .<List<String>>evalsha(DIGEST, ScriptOutputType.MULTI, keys, arguments)
            .toCompletableFuture();
    CompletableFuture<StoreResponse> answer =
        cached
            .exceptionallyCompose(failure ->
                failure instanceof RedisNoScriptException
                    ? commands.<List<String>>eval(SCRIPT, ScriptOutputType.MULTI, keys, arguments)
                    : CompletableFuture.failedFuture(failure))
            .thenApply(StoreResponse::of);
    return new Attempt(answer, cached);
  }

  /** One attempt. Its cancellation withdraws a command that has not been sent. */
  private final class Attempt extends CompletableFuture<StoreResponse> {

    private final CompletableFuture<?> command;

    Attempt(CompletableFuture<StoreResponse> answer, CompletableFuture<?> command) {
      this.command = command;
      var unused = answer.whenComplete(this::ended);
    }

    private void ended(@Nullable StoreResponse decided, @Nullable Throwable failure) {
      if (failure == null) {
        connections.answered();
        complete(decided);
        return;
      }
      if (!isDone() && RedisErrors.isElsewhere(failure)) {
        connections.unanswered();
      }
      completeExceptionally(RedisErrors.of(failure));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      if (cancelled) {
        connections.unanswered();
      }
      command.cancel(mayInterruptIfRunning);
      return cancelled;
    }
  }

  @Override
  public void listen(String member, Consumer<String> wake) {
    connections.subscribe(WAKE + member, wake);
  }

  @Override
  public void close() {
    connections.close();
  }
}
