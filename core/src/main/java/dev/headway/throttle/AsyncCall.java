package dev.headway.throttle;

import dev.headway.limit.Cost;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * An asynchronous call under a permit, which is held until the call's stage ends.
 *
 * <p>The result is the future that the caller gets. Whatever ends it early also ends what is behind
 * it: first the place in the queue, later the stage. The permit is closed only when the stage has
 * ended, and before the result completes.
 */
final class AsyncCall<T> {

  private final Throttle throttle;
  private final CheckedSupplier<? extends CompletionStage<T>, ?> call;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  private AsyncCall(Throttle throttle, CheckedSupplier<? extends CompletionStage<T>, ?> call) {
    this.throttle = throttle;
    this.call = call;
  }

  static <T> CompletableFuture<T> start(
      Throttle throttle, Cost cost, CheckedSupplier<? extends CompletionStage<T>, ?> call) {
    return new AsyncCall<T>(throttle, call).start(cost);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the result says how they end
  private CompletableFuture<T> start(Cost cost) {
    CompletableFuture<Permit> place = throttle.acquireAsync(cost);
    place.whenComplete((permit, failure) -> {
      if (failure == null) {
        granted(permit);
      } else {
        result.completeExceptionally(failure);
      }
    });
    cancelWithResult(place);
    return result;
  }

  private void granted(Permit permit) {
    if (result.isDone()) {
      permit.close();
      return;
    }
    CompletionStage<T> stage;
    try (CurrentPermit current = new CurrentPermit(permit)) {
      stage = Objects.requireNonNull(call.get(), "the call returned no CompletionStage");
    } catch (Throwable e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      end(permit, null, e);
      return;
    }
    await(stage, permit);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the result says how it ends
  private void await(CompletionStage<T> stage, Permit permit) {
    stage.whenComplete((value, failure) -> end(permit, value, failure));
    if (stage instanceof Future<?> future) {
      cancelWithResult(future);
    }
  }

  /** If the result ends first, by being cancelled or otherwise, the future is cancelled. */
  @SuppressWarnings("FutureReturnValueIgnored")
  private void cancelWithResult(Future<?> future) {
    result.whenComplete((value, failure) -> future.cancel(true));
  }

  @SuppressWarnings("NullAway") // a stage may complete with null
  private void end(Permit permit, @Nullable T value, @Nullable Throwable failure) {
    try (permit) {
      if (failure != null) {
        ThrottledCall.pauseIfThrottled(throttle, failure);
      }
    } finally {
      if (failure == null) {
        result.complete(value);
      } else {
        result.completeExceptionally(failure);
      }
    }
  }
}
