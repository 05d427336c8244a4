package dev.headway.tests.shared;

import dev.headway.distributed.Store;
import dev.headway.distributed.StoreRequest;
import dev.headway.distributed.StoreResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The way to a store, which can be cut, and counts what goes over it. */
final class Line implements Store {

  private final Store store;
  private volatile boolean cut;
  private volatile boolean losesAnswers;
  final AtomicInteger questions = new AtomicInteger();

  Line(Store store) {
    this.store = store;
  }

  /** Nothing gets through any more, and nothing comes back. */
  void cut() {
    cut = true;
  }

  void mend() {
    cut = false;
    losesAnswers = false;
  }

  /** Questions get through, but no answers. */
  void loseAnswers() {
    losesAnswers = true;
  }

  @Override
  public CompletionStage<StoreResponse> decide(String limit, StoreRequest question) {
    questions.incrementAndGet();
    if (cut) {
      return new CompletableFuture<>();
    }
    CompletionStage<StoreResponse> answer = store.decide(limit, question);
    return losesAnswers ? new CompletableFuture<>() : answer;
  }

  @Override
  public void listen(String member, Consumer<String> wake) {
    store.listen(
        member,
        limit -> {
          if (!cut) {
            wake.accept(limit);
          }
        });
  }

  @Override
  public void close() {
    store.close();
  }
}
