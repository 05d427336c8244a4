package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A place in line that is held by a future. Whatever completes the future from outside before it is
 * granted (cancelling it, a time-out put on it) gives up the place; afterwards it has no effect.
 */
final class AsyncWaiter extends Waiter {

  private final Place place = new Place();

  private final Gate gate;
  private final Lane lane;
  private final LocalThrottle throttle;
  private volatile TimeSource.@Nullable Timer deadline;

  /**
   * Set by the first of {@link #told} and {@link #entered}; the second has the future completed.
   */
  private final AtomicBoolean halfway = new AtomicBoolean();

  AsyncWaiter(Gate gate, Lane lane, LocalThrottle throttle, Cost cost, long headStartNanos) {
    super(cost, headStartNanos);
    this.gate = gate;
    this.lane = lane;
    this.throttle = throttle;
  }

  CompletableFuture<Permit> future() {
    return place;
  }

  /** Lets the place go at an instant. */
  void expire(long at, AcquireTimeoutException failure) {
    deadline =
        gate.time.schedule(
            at,
            () -> {
              gate.serve();
              if (gate.leave(lane, this)) {
                gate.time.start(
                    "headway-expired",
                    () -> {
                      throttle.gaveUp(this);
                      place.fail(failure);
                    });
              }
            });
  }

  /** The caller has done all that comes before it is granted. */
  void entered() {
    step();
  }

  @Override
  void told() {
    step();
  }

  /** Completes the future on a thread of its own, since whoever waits for it may run code there. */
  private void step() {
    if (!halfway.compareAndSet(false, true)) {
      forgetDeadline();
      try {
        gate.time.start("headway-granted", this::complete);
      } catch (RuntimeException | Error e) {
        // There is no thread for it, so this one does it: what was granted must not be lost.
        complete();
      }
    }
  }

  private void forgetDeadline() {
    TimeSource.Timer timer = deadline;
    if (timer != null) {
      timer.cancel();
    }
  }

  private void complete() {
    try {
      Permit granted = throttle.outcome(this);
      if (granted == null) {
        getInLineAgain();
      } else if (!place.succeed(granted)) {
        granted.close();
      }
    } catch (Throwable e) {
      place.fail(e);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the place says how it ends
  private void getInLineAgain() {
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
      boolean left = gate.leave(lane, AsyncWaiter.this);
      if (left) {
        throttle.gaveUp(AsyncWaiter.this);
        forgetDeadline();
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
