package dev.headway.distributed;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A store that keeps limits for many processes and decides which callers may start.
 *
 * <p>For each limit it gets one {@link StoreRequest} at a time. It must decide each atomically, by
 * one clock for all, and as {@code docs/shared.md} says. A request whose number is not above that
 * of the member's last decided one is {@linkplain StoreResponse.Status#STALE stale}.
 */
public interface Store extends AutoCloseable {

  /**
   * Decides a request. Called without a lock; should return at once.
   *
   * @param limit the name of the shared limits, any text
   * @return the response or a failure: after a {@link StoreRefusedException} callers fail at once,
   *     after any other the request is repeated until they time out. Cancelled when no caller waits
   *     for it any more
   */
  CompletionStage<StoreResponse> decide(String limit, StoreRequest request);

  /**
   * Subscribes to wake-ups of this member, which has been told to wait. A wake-up may be lost,
   * since waiting callers also ask from time to time.
   *
   * @param member the id in its requests
   * @param wake gets the name of a limit; does not block
   */
  void listen(String member, Consumer<String> wake);

  /**
   * What may keep the store from answering now, for messages, such as "there is no connection";
   * empty if it is not known.
   */
  default Optional<String> trouble() {
    return Optional.empty();
  }

  /** Releases the resources. Not used afterwards. */
  @Override
  void close();
}
