package dev.headway.distributed;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The limits of one throttle and its keys that the store may wake: those whose callers wait or hold
 * permits.
 */
final class WakeUpRegistry {

  private static final long LONGEST_CLOSE_MILLIS = 2_000;

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  private final Map<String, StoreClient> involved = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Starts empty. */
  WakeUpRegistry() {}

  /** Registers a limit while it is involved, and removes it otherwise. */
  void involve(String limit, StoreClient correspondence) {
    if (correspondence.isInvolved()) {
      involved.putIfAbsent(limit, correspondence);
    } else if (involved.remove(limit) != null && correspondence.isInvolved()) {
      involved.put(limit, correspondence);
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** Sends a request for a limit. */
  void wake(String limit) {
    StoreClient correspondence = involved.get(limit);
    if (correspondence != null) {
      correspondence.wake();
    }
  }

  /**
   * Sends the last events and stops the requests. A store that does not answer is not waited for:
   * permits end with their lease then. Does nothing the second time.
   */
  void close() {
    if (closed) {
      return;
    }
    List<StoreClient> last = new ArrayList<>(involved.values());
    CompletableFuture<?>[] told =
        last.stream().map(StoreClient::ask).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(told).get(LONGEST_CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOGGER.log(
          e.getCause() instanceof StoreUnavailableException ? Level.DEBUG : Level.WARNING,
          "what was held could not be given back; it ends with its lease",
          e);
    }
    closed = true;
    last.forEach(StoreClient::close);
  }
}
