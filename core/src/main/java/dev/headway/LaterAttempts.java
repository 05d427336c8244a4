package dev.headway;

import dev.headway.limit.Cost;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a run's items after the first one: in their threads, items back off without a
 * slot, and wait for a slot and a permit again.
 *
 * <p>As for the first attempt, the slot comes before the permit in a run over one throttle, and
 * after it where each key has its own. So an item that was told "too many requests" keeps its slot
 * in the former and returns it in the latter, where others may go on.
 */
final class LaterAttempts<T extends @Nullable Object, R extends @Nullable Object>
    implements AttemptListener<ItemExecution<T, R>> {

  private final RunState<T, R> state;
  private final TimeSource time;
  private final boolean keyed;
  private final Consumer<List<ItemExecution<T, R>>> resume;
  private final Runnable startPuller;

  /**
   * Creates one.
   *
   * @param resume wakes or starts items that have got a slot
   * @param startPuller starts a thread that pulls
   */
  LaterAttempts(
      RunState<T, R> state,
      TimeSource time,
      boolean keyed,
      Consumer<List<ItemExecution<T, R>>> resume,
      Runnable startPuller) {
    this.state = state;
    this.time = time;
    this.keyed = keyed;
    this.resume = resume;
    this.startPuller = startPuller;
  }

  /** Clears an interrupt that the task has set itself; one of a stopped run stays. */
  @Override
  public void onAttemptEnd() {
    if (Thread.interrupted() && state.stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onThrottled() {
    state.locked(() -> state.counters.throttled++);
  }

  @Override
  public void backOff(ItemExecution<T, R> item, long nanos) throws InterruptedException {
    state.locked(() -> {
      state.counters.retries++;
      state.pull.backingOff++;
    });
    releaseSlot(item);
    try {
      time.sleep(Duration.ofNanos(nanos));
    } finally {
      state.locked(() -> state.pull.backingOff--);
    }
    if (!keyed) {
      awaitSlot(item);
    }
  }

  @Override
  public Permit acquire(ItemExecution<T, R> item, Throttle throttle, Cost cost)
      throws InterruptedException {
    if (keyed) {
      releaseSlot(item);
    }
    Permit permit = throttle.acquire(cost);
    try {
      if (keyed) {
        awaitSlot(item);
      }
      if (state.stopped) {
        throw new InterruptedException();
      }
      return permit;
    } catch (InterruptedException e) {
      permit.close();
      throw e;
    }
  }

  private void releaseSlot(ItemExecution<T, R> item) {
    List<ItemExecution<T, R>> assigned;
    boolean pulls;
    state.lock.lock();
    try {
      assigned = state.releaseSlot(item);
      pulls = state.beginPull(null);
    } finally {
      state.lock.unlock();
    }
    resume.accept(assigned);
    if (pulls) {
      startPuller.run();
    }
  }

  /**
   * Waits for a slot in arrival order. An interrupt that does not come from the end of the run was
   * meant for an attempt that has ended.
   */
  private void awaitSlot(ItemExecution<T, R> item) throws InterruptedException {
    while (!takesSlot(item)) {
      time.park(this, TimeSource.NEVER);
      Thread.interrupted();
    }
  }

  private boolean takesSlot(ItemExecution<T, R> item) throws InterruptedException {
    state.lock.lock();
    try {
      if (state.stopped) {
        state.slots.stopWaiting(item);
        throw new InterruptedException();
      }
      return item.hasSlot || (!item.waitsForSlot && state.slots.takeOrWait(item));
    } finally {
      state.lock.unlock();
    }
  }
}
