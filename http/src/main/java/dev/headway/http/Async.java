package dev.headway.http;

import dev.headway.time.TimeSource;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Converts between blocking calls and futures. */
final class Async {

  private Async() {}

  /**
   * Makes a call in a virtual thread. It is interrupted if the future is completed in any other
   * way.
   *
   * @param last runs when the call has ended and the future is complete
   */
  static <T> CompletableFuture<T> of(TimeSource time, Callable<T> call, Runnable last) {
    CompletableFuture<T> future = new CompletableFuture<>();
    AtomicBoolean over = new AtomicBoolean();
    Thread thread =
        time.start(
            "headway-http",
            () -> {
              try {
                T value = call.call();
                over.set(true);
                future.complete(value);
              } catch (Throwable e) {
                over.set(true);
                future.completeExceptionally(e);
              } finally {
                last.run();
              }
            });
    var unused =
        future.whenComplete((value, failure) -> {
          if (!over.get()) {
            thread.interrupt();
          }
        });
    return future;
  }

  /** Waits for a future. An interrupt cancels it. */
  static <T> T await(CompletableFuture<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      future.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IOException(e.getCause());
      }
    }
  }
}
