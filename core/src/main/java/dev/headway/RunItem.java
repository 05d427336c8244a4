package dev.headway;

import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An item of a run: takes and returns its slot, and counts.
 *
 * <p>The slot comes before the permit in a run over one throttle, and after it where each key has
 * its own. So an item that was told "too many requests" keeps its slot in the former and returns it
 * in the latter, where others may start.
 */
final class RunItem<T extends @Nullable Object, R extends @Nullable Object>
    extends ItemExecution<T, R> {

  private final RunState<T, R> state;

  /** Whether it has a slot. Guarded by the lock, and read by its thread. */
  private boolean hasSlot;

  /** Whether it counts as started. Guarded by the lock, until its thread starts. */
  private boolean started;

  /** The thread that has run it or dropped it, from when it began to. */
  private volatile @Nullable Thread thread;

  /** What the throttle answers. Set by the driver before it takes the lock. */
  private @Nullable CompletableFuture<Permit> answer;

  RunItem(RunState<T, R> state, Work<T, R> work, T item) {
    super(work, item, state.pulled);
    this.state = state;
    this.hasSlot = !state.keyed;
  }

  /** Enters the queue of its throttle. Returns what the throttle answers. */
  CompletableFuture<Permit> enqueue() {
    CompletableFuture<Permit> future;
    try {
      prepare();
      future =
          Objects.requireNonNull(throttle().acquireAsync(cost()), "a throttle returned no future");
    } catch (Throwable e) {
      future = CompletableFuture.failedFuture(e);
    }
    if (!future.isDone()) {
      markQueued();
    }
    answer = future;
    return future;
  }

  private CompletableFuture<Permit> answer() {
    return Objects.requireNonNull(answer);
  }

  /** The throttle has answered: starts it if it can, under the lock. */
  void decide() {
    boolean rejected = answer().isCompletedExceptionally();
    if (!state.stopped && (hasSlot || rejected || state.slots.take())) {
      hasSlot |= !rejected;
      markStarted();
    }
  }

  private void markStarted() {
    started = true;
    state.counters.started++;
  }

  /** Returns its slot, if it has one, under the lock. The thread that gets it must be woken. */
  List<Thread> returnSlot() {
    boolean had = hasSlot;
    hasSlot = false;
    return had ? state.slots.giveBack() : List.of();
  }

  /** The run was stopped: interrupts its attempt, or leaves its throttle's queue. */
  void stop() {
    CompletableFuture<Permit> future = answer;
    Thread running = thread;
    if (running == null && future != null) {
      future.cancel(false);
    } else if (running != null && !isOver()) {
      state.interrupt(running);
    }
  }

  boolean isRunBy(Thread other) {
    return other.equals(thread);
  }

  /** Attempts it if it can start, and otherwise drops it and returns null. */
  @Nullable Outcome<T, R> execute() {
    Thread current = Thread.currentThread();
    thread = current;
    if (started || startsLate()) {
      if (state.stopped) {
        current.interrupt();
      }
      return attempt();
    }
    return null;
  }

  /** Its permit was granted while no slot was free. False if the run was stopped. */
  private boolean startsLate() {
    if (answer().isCompletedExceptionally()) {
      return false;
    }
    markQueued();
    try {
      answer = CompletableFuture.completedFuture(withSlot(answer().join()));
    } catch (InterruptedException e) {
      return false;
    } catch (RuntimeException | Error e) {
      answer = CompletableFuture.failedFuture(e);
    }
    state.locked(this::markStarted);
    return true;
  }

  /**
   * Takes a slot for a permit. While none is free, the permit is given back, since its start would
   * be later than its limits count it.
   */
  private Permit withSlot(Permit granted) throws InterruptedException {
    Permit permit = granted;
    while (!takesSlot()) {
      permit.cancel();
      state.awaitSlot();
      hasSlot = true;
      Throttle ahead = throttle().withPriority(headStart());
      Optional<Permit> next = ahead.tryAcquire(cost());
      if (next.isPresent()) {
        return next.get();
      }
      state.change(this::returnSlot);
      permit = ahead.acquire(cost());
    }
    return permit;
  }

  private boolean takesSlot() {
    state.locked(() -> hasSlot = !state.stopped && state.slots.take());
    return hasSlot;
  }

  @Override
  Permit acquireFirst() {
    return answer().join();
  }

  @Override
  Permit acquire(Throttle from) throws InterruptedException {
    if (!state.keyed) {
      return super.acquire(from);
    }
    state.change(this::returnSlot);
    return withSlot(super.acquire(from));
  }

  @Override
  void backOff(Duration delay) throws InterruptedException {
    state.change(() -> {
      state.counters.retries++;
      state.backingOff++;
      return returnSlot();
    });
    try {
      super.backOff(delay);
    } finally {
      state.locked(() -> state.backingOff--);
    }
    if (!state.keyed) {
      state.awaitSlot();
      hasSlot = true;
    }
  }

  @Override
  void onThrottled() {
    state.locked(() -> state.counters.throttled++);
  }

  /** Clears an interrupt that the task has set itself; one of a stopped run stays. */
  @Override
  void onAttemptEnd() {
    if (Thread.interrupted() && state.stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
