package dev.headway.throttle;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An asynchronous call under a permit, which is held until the call's stage ends.
 *
 * <p>The result is the future that the caller gets. Whatever ends it early also ends what is behind
 * it: first the place in the queue, later the stage. The permit is closed only when the stage has
 * ended, and before the result completes.
 */
final class AsyncCall<T> {

  private final Consumer<ThrottledException> pause;
  private final CheckedSupplier<? extends CompletionStage<T>, ?> call;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  /**
   * A call that has not started.
   *
   * @param pause pauses the throttle
   */
  AsyncCall(
      Consumer<ThrottledException> pause, CheckedSupplier<? extends CompletionStage<T>, ?> call) {
    this.pause = pause;
    this.call = call;
  }

  /** Calls once a permit is granted. */
  @SuppressWarnings("FutureReturnValueIgnored") // the result says how they end
  CompletableFuture<T> start(CompletableFuture<Permit> place) {
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
    try (PermitScope current = new PermitScope(permit)) {
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
        ThrottledException.pauseFor(failure, pause);
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
