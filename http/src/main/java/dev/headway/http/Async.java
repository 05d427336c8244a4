package dev.headway.http;

import dev.headway.time.TimeSource;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Between calls that wait and futures. */
final class Async {

  private Async() {}

  /**
   * Makes a call on a virtual thread, which is interrupted if the future is cancelled.
   *
   * @param last is run when the call has ended and the future is complete
   */
  static <T> CompletableFuture<T> of(TimeSource time, Callable<T> call, Runnable last) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Thread thread =
        time.start(
            "headway-http",
            () -> {
              try {
                future.complete(call.call());
              } catch (Throwable e) {
                future.completeExceptionally(e);
              } finally {
                last.run();
              }
            });
    var unused =
        future.whenComplete((value, failure) -> {
          if (future.isCancelled()) {
            thread.interrupt();
          }
        });
    return future;
  }

  /** Waits for a future, which is cancelled if the thread is interrupted. */
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
