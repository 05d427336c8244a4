package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.time.Durations;
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
final class AsyncWaiter extends Caller {

  private final Place place = new Place();

  /** When it gives up; 0 before it has come. */
  private long deadline;

  private volatile TimeSource.@Nullable Timer timer;

  /** Set by the first of {@link #wake} and {@link #start}; the second completes the future. */
  private final AtomicBoolean halfway = new AtomicBoolean();

  AsyncWaiter(
      Settings settings, ThrottleQueue queue, Partition partition, Cost cost, long headStartNanos) {
    super(settings, queue, partition, cost, headStartNanos);
  }

  CompletableFuture<Permit> future() {
    return place;
  }

  /**
   * Joins the queue, again if a grant has lapsed; the future tells how that ends.
   *
   * @throws IllegalArgumentException if the cost can never be met
   */
  void start() {
    try {
      halfway.set(false);
      enter();
      deadline = deadline == 0 ? Durations.plus(since, settings.maxWaitNanos()) : deadline;
      if (deadline != TimeSource.NEVER) {
        timer = queue.time.schedule(deadline, this::expire);
      }
      step();
    } catch (RuntimeException | Error e) {
      leaveAnyway();
      if (e instanceof IllegalArgumentException) {
        throw e;
      }
      place.fail(e);
    }
  }

  private void expire() {
    queue.serve();
    if (queue.leave(partition, this)) {
      queue.time.start(
          "headway-expired",
          () -> {
            tellAbandoned();
            place.fail(timedOut());
          });
    }
  }

  @Override
  void wake() {
    step();
  }

  /** Completes the future in a thread of its own, since completing it may run user code. */
  private void step() {
    if (!halfway.compareAndSet(false, true)) {
      cancelTimer();
      try {
        queue.time.start("headway-granted", this::complete);
      } catch (RuntimeException | Error e) {
        // No thread can be started, so this one does it: a granted permit must not be lost.
        complete();
      }
    }
  }

  private void cancelTimer() {
    TimeSource.Timer set = timer;
    if (set != null) {
      set.cancel();
    }
  }

  private void complete() {
    try {
      Permit granted = outcome();
      if (granted == null) {
        start();
      } else if (!place.succeed(granted)) {
        granted.close();
      }
    } catch (Throwable e) {
      place.fail(e);
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
      boolean left = queue.leave(partition, AsyncWaiter.this);
      if (left) {
        tellAbandoned();
        cancelTimer();
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
