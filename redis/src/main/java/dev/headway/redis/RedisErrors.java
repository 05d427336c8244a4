package dev.headway.redis;

import dev.headway.distributed.StoreRefusedException;
import io.lettuce.core.RedisCommandExecutionException;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** Tells errors that Redis answers with from a Redis that cannot answer for now. */
final class RedisErrors {

  /** It loads its data, is without its master, has slots on the move, or runs a long script. */
  private static final Set<String> FOR_NOW =
      Set.of("LOADING", "MASTERDOWN", "TRYAGAIN", "CLUSTERDOWN", "BUSY", "ASK", "MOVED");

  private RedisErrors() {}

  /** A {@link StoreRefusedException} for an error that will not pass by itself soon. */
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
