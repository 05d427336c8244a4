package dev.headway.postgres;

import dev.headway.distributed.StoreResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A request in flight. Cancelling it frees its connection. */
final class PendingRequest extends CompletableFuture<StoreResponse> {

  final byte[] key;
  final String limit;
  final List<String> words;
  private final RequestExecutor executor;
  private final Optional<Subscriber> subscriber;

  PendingRequest(
      String limit, List<String> words, RequestExecutor executor, Optional<Subscriber> subscriber) {
    this.key = KeyHash.digest(limit);
    this.limit = limit;
    this.words = words;
    this.executor = executor;
    this.subscriber = subscriber;
    subscriber.ifPresent(member -> member.expect(key, limit));
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
    executor.abandon(this);
    return cancelled;
  }

  private void forget() {
    subscriber.ifPresent(member -> member.forget(key));
  }
}
