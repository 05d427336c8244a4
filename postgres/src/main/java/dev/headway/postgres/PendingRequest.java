package dev.headway.postgres;

import dev.headway.distributed.StoreRequest;
import dev.headway.distributed.StoreResponse;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request in flight. Cancelling it frees its connection. */
final class PendingRequest extends CompletableFuture<StoreResponse> {

  final byte[] key;
  final String limit;
  final StoreRequest question;
  private final RequestExecutor desk;
  private final @Nullable Listener listener;

  PendingRequest(
      String limit, StoreRequest question, RequestExecutor desk, @Nullable Listener listener) {
    this.key = KeyHash.digest(limit);
    this.limit = limit;
    this.question = question;
    this.desk = desk;
    this.listener = listener;
    if (listener != null) {
      listener.expect(key, limit);
    }
  }

  void answer(StoreResponse answer) {
    if (answer.askAfter() == 0) {
      forget();
    }
    complete(answer);
  }

  void fail(Throwable failure) {
    forget();
    completeExceptionally(failure);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (!isDone()) {
      forget();
    }
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    desk.abandon(this);
    return cancelled;
  }

  private void forget() {
    if (listener != null) {
      listener.forget(key);
    }
  }
}
