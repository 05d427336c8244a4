package dev.headway.redis;

import dev.headway.distributed.StoreRefusedException;
import io.lettuce.core.RedisCommandExecutionException;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** Distinguishes errors that Redis reports from a Redis that cannot answer now. */
final class RedisErrors {

  /** Redis loads its data, has lost its master, moves slots, or runs a long script. */
  private static final Set<String> FOR_NOW =
      Set.of("LOADING", "MASTERDOWN", "TRYAGAIN", "CLUSTERDOWN", "BUSY", "ASK", "MOVED");

  private RedisErrors() {}

  /** A {@link StoreRefusedException} for an error that is not transient. */
  static Throwable of(Throwable failure) {
    if (failure instanceof CompletionException && failure.getCause() != null) {
      return of(failure.getCause());
    }
    String message = String.valueOf(failure.getMessage());
    boolean refused =
        failure instanceof RedisCommandExecutionException
            && !FOR_NOW.contains(message.split("[ :]", 2)[0]);
    return refused ? new StoreRefusedException(message, failure) : failure;
  }
}
