package dev.headway.cli.queue;

import dev.headway.distributed.Store;
import dev.headway.distributed.StoreRequest;
import dev.headway.distributed.StoreResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store whose silence is reported: once when it has lasted for a while, and when it ends. */
final class ObservedStore implements Store {

  private static final long WHILE_NANOS = Duration.ofSeconds(3).toNanos();

  private final Store store;
  private final Consumer<String> remarks;

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.

  private long silentSince;
  private boolean silent;
  private boolean told;

  ObservedStore(Store store, Consumer<String> remarks) {
    this.store = store;
    this.remarks = remarks;
  }

  @Override
  public CompletionStage<StoreResponse> decide(String limit, StoreRequest request) {
    CompletableFuture<StoreResponse> answer = store.decide(limit, request).toCompletableFuture();
    var unused = answer.whenComplete(this::ended);
    return answer;
  }

  private void ended(@Nullable StoreResponse decided, @Nullable Throwable failure) {
    Optional<String> remark = decided != null ? answered() : unanswered();
    remark.ifPresent(remarks);
  }

  private Optional<String> answered() {
    lock.lock();
    try {
      boolean wasTold = told;
      silent = false;
      told = false;
      return wasTold
          ? Optional.of("the store of the shared limits answers again")
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private Optional<String> unanswered() {
    lock.lock();
    try {
      long now = System.nanoTime();
      silentSince = silent ? silentSince : now;
      silent = true;
      if (told || now - silentSince < WHILE_NANOS) {
        return Optional.empty();
      }
      told = true;
      return Optional.of(
          "the store of the shared limits does not answer"
              + store.trouble().map(trouble -> " (" + trouble + ")").orElse("")
              + ": waiting for it");
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void listen(String member, Consumer<String> wake) {
    store.listen(member, wake);
  }

  @Override
  public Optional<String> trouble() {
    return store.trouble();
  }

  @Override
  public void close() {
    store.close();
  }
}
