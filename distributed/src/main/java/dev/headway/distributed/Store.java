package dev.headway.distributed;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * An engine that keeps limits for many processes and decides for all of them who may start.
 *
 * <p>It is asked one {@link StoreRequest} at a time for each limit. It must decide each atomically,
 * by one clock for all, and as {@code docs/shared.md} says; a request whose number is not above
 * that of the last one that it has decided for the member is {@linkplain StoreResponse.Status#STALE
 * stale}.
 */
public interface Store extends AutoCloseable {

  /**
   * Has a request decided. Called without any lock held; should return at once.
   *
   * @param limit the name of the limits that are shared, any text
   * @return the answer, or what kept the store from giving one: with a {@link
   *     StoreRefusedException} callers fail at once, with any other failure the request is asked
   *     again until they lose patience. Cancelled when no caller waits for it any more
   */
  CompletionStage<StoreResponse> decide(String limit, StoreRequest request);

  /**
   * Begins to hear of it when this member, which has been told to wait, should ask again. May be
   * missed, since callers that wait ask again from time to time.
   *
   * @param member as its questions name it
   * @param wake is given the name of a limit; does not block
   */
  void listen(String member, Consumer<String> wake);

  /** Gives back what is held. It is not asked afterwards. */
  @Override
  void close();
}
