package dev.headway.redis;

import dev.headway.distributed.StoreRefusedException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Distinguishes errors that Redis reports from a Redis that cannot answer now. */
final class RedisErrors {

  /** Redis loads its data, has lost its master, moves slots, or runs a long script. */
  private static final Set<String> FOR_NOW =
      Set.of("LOADING", "MASTERDOWN", "TRYAGAIN", "CLUSTERDOWN", "BUSY", "ASK", "MOVED");

  /** The server answers, and there is no better one to ask. */
  private static final Set<String> BUSY = Set.of("LOADING", "BUSY", "TRYAGAIN");

  private static final Pattern OF_SCRIPT =
      Pattern.compile("ERR Error running script .*: -([A-Z]+ .*)", Pattern.DOTALL);

  private RedisErrors() {}

  /** Whether another server may be the one to ask: after no answer, or that of a replica. */
  static boolean isElsewhere(Throwable failure) {
    Throwable cause = underneath(failure);
    String code = code(cause);
    return cause instanceof RedisCommandExecutionException
        ? code.equals("READONLY") || (FOR_NOW.contains(code) && !BUSY.contains(code))
        : cause instanceof RedisException;
  }

  private static String code(Throwable failure) {
    return said(failure).split("[ :]", 2)[0];
  }

  /** What Redis has said; before version 7, it wraps the error of a script's command. */
  private static String said(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    Matcher wrapped = OF_SCRIPT.matcher(message);
    return wrapped.matches() ? wrapped.group(1) : message;
  }

  private static Throwable underneath(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? underneath(failure.getCause())
        : failure;
  }

  /** A {@link StoreRefusedException} for an error that is not transient. */
  static Throwable of(Throwable failure) {
    Throwable cause = underneath(failure);
    boolean refused =
        cause instanceof RedisCommandExecutionException && !FOR_NOW.contains(code(cause));
    return refused ? new StoreRefusedException(said(cause), cause) : cause;
  }
}
