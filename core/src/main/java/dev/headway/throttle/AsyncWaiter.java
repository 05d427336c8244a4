package dev.headway.throttle;

import dev.headway.AcquireTimeoutException;
import dev.headway.Cost;
import dev.headway.Permit;
import dev.headway.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A place in line that is held by a future. Whatever completes the future from outside before it is
 * granted (cancelling it, a time-out put on it) gives up the place; afterwards it has no effect.
 */
final class AsyncWaiter extends Waiter {

  private final Place place = new Place();

  private final Gate gate;
  private final Lane lane;
  private final Consumer<LocalPermit> granted;
  private final Consumer<Waiter> gaveUp;
  private volatile TimeSource.@Nullable Timer deadline;

  AsyncWaiter(
      Gate gate,
      Lane lane,
      Cost cost,
      boolean urgent,
      Consumer<LocalPermit> granted,
      Consumer<Waiter> gaveUp) {
    super(cost, urgent);
    this.gate = gate;
    this.lane = lane;
    this.granted = granted;
    this.gaveUp = gaveUp;
  }

  CompletableFuture<Permit> future() {
    return place;
  }

  /** Lets the place go at an instant. */
  void expire(long at, AcquireTimeoutException failure) {
    deadline = gate.time.schedule(at, () -> {
      gate.serve();
      if (gate.leave(lane, this)) {
        gate.time.start("headway-expired", () -> {
          gaveUp.accept(this);
          place.fail(failure);
        });
      }
    });
    if (state != State.WAITING) {
      told();
    }
  }

  /** Completes the future on a thread of its own, since whoever waits for it may run code there. */
  @Override
  void told() {
    TimeSource.Timer timer = deadline;
    if (timer != null) {
      timer.cancel();
    }
    gate.time.start("headway-granted", this::complete);
  }

  /** Completes the future as its state says. */
  void complete() {
    if (failure != null) {
      place.fail(failure);
    } else if (permit != null) {
      if (place.succeed(permit)) {
        granted.accept(permit);
      } else {
        permit.close();
      }
    }
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
        gaveUp.accept(AsyncWaiter.this);
        TimeSource.Timer timer = deadline;
        if (timer != null) {
          timer.cancel();
        }
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
  }
}
