package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A caller that waits with a future instead of a thread. Completing the future from outside before
 * a permit is granted (by cancelling it or by its timeout) leaves the queue; after that it has no
 * effect.
 */
final class AsyncWaiter extends Waiter {

  private final Place place = new Place();
  private final QueuedThrottle throttle;
  private final ThrottleQueue queue;
  private volatile TimeSource.@Nullable Timer deadline;

  /** Set by the first of {@link #wake} and {@link #entered}; the second completes the future. */
  private final AtomicBoolean halfway = new AtomicBoolean();

  AsyncWaiter(QueuedThrottle throttle, Cost cost) {
    super(cost, throttle.headStartNanos, Observation.ofCaller(throttle.settings, cost));
    this.throttle = throttle;
    this.queue = throttle.queue;
  }

  CompletableFuture<Permit> future() {
    return place;
  }

  @Override
  QueuedThrottle throttle() {
    return throttle;
  }

  /** Leaves the queue at an instant, and fails with an exception that is made then. */
  void expire(long at, Supplier<AcquireTimeoutException> failure) {
    deadline =
        queue.time.schedule(
            at,
            () -> {
              queue.serve();
              if (queue.leave(throttle.partition, this)) {
                queue.time.start(
                    "headway-expired",
                    () -> {
                      throttle.tellAbandoned(this);
                      place.fail(failure.get());
                    });
              }
            });
  }

  /** The caller has done everything that comes before its grant. */
  void entered() {
    step();
  }

  @Override
  void wake() {
    step();
  }

  /** Completes the future in a thread of its own, since completing it may run user code. */
  private void step() {
    if (!halfway.compareAndSet(false, true)) {
      cancelDeadline();
      try {
        queue.time.start("headway-granted", this::complete);
      } catch (RuntimeException | Error e) {
        // No thread can be started, so this one does it: a granted permit must not be lost.
        complete();
      }
    }
  }

  private void cancelDeadline() {
    TimeSource.Timer timer = deadline;
    if (timer != null) {
      timer.cancel();
    }
  }

  private void complete() {
    try {
      Permit granted = throttle.outcome(this);
      if (granted == null) {
        acquireAgain();
      } else if (!place.succeed(granted)) {
        granted.close();
      }
    } catch (Throwable e) {
      place.fail(e);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the place reports the outcome
  private void acquireAgain() {
    throttle
        .acquireAsync(cost)
        .whenComplete((granted, failure) -> {
          if (failure != null) {
            place.fail(failure);
          } else if (!place.succeed(granted)) {
            granted.close();
          }
        });
  }

  private final class Place extends CompletableFuture<Permit> {

    boolean succeed(Permit permit) {
      return super.complete(permit);
    }

    void fail(Throwable failure) {
      super.completeExceptionally(failure);
    }

    private boolean give() {
      boolean left = queue.leave(throttle.partition, AsyncWaiter.this);
      if (left) {
        throttle.tellAbandoned(AsyncWaiter.this);
        cancelDeadline();
      }
      return left;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      return give() ? super.cancel(mayInterruptIfRunning) : isCancelled();
    }

    @Override
    public boolean complete(Permit value) {
      return give() && super.complete(value);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
      return give() && super.completeExceptionally(failure);
    }

    @Override
    public CompletableFuture<Permit> completeAsync(
        Supplier<? extends Permit> supplier, Executor executor) {
      executor.execute(() -> {
        try {
          complete(supplier.get());
        } catch (Throwable e) {
          completeExceptionally(e);
        }
      });
      return this;
    }

    @Override
    public void obtrudeValue(Permit value) {
      give();
      super.obtrudeValue(value);
    }

    @Override
    public void obtrudeException(Throwable failure) {
      give();
      super.obtrudeException(failure);
    }
  }
}
