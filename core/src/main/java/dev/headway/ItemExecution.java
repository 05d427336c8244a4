package dev.headway;

import dev.headway.limit.Cost;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One item: attempts it until its task succeeds or must not be retried, and makes its outcome.
 *
 * <p>Each attempt takes a permit. An attempt that is told "too many requests" pauses the throttle
 * before it closes its permit. It then asks for the next permit with a head start as long as the
 * time since it first asked, so no other item starts in between and the item is the first when the
 * pause ends. An attempt that fails backs off without a permit, and then waits in arrival order.
 */
final class ItemExecution<T extends @Nullable Object, R extends @Nullable Object> {

  /** Covers the time between two readings of the clock. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  /** The most that {@link Throttle#withPriority} takes. */
  private static final Duration LONGEST_HEAD_START = Duration.ofDays(36_500);

  // The engine's part, guarded by its lock.

  @Nullable ItemExecution<T, R> previous;
  @Nullable ItemExecution<T, R> next;

  /** Whether it is one of the {@link LiveItems}. */
  boolean live;

  boolean waitsForSlot;

  /** The permit that it waits for in its throttle's queue. */
  @Nullable CompletableFuture<Permit> queuedFor;

  /** The permit of the first attempt, until that starts. */
  @Nullable Permit permit;

  /** Whether it counts as started. */
  boolean started;

  boolean hasSlot;

  /** The thread that runs it, from the beginning of the first attempt. */
  volatile @Nullable Thread thread;

  /** The thread that attaches a callback to {@link #queuedFor}, while it does. */
  volatile @Nullable Thread attachedBy;

  // The attempts' part, used by one thread at a time.

  private final RunConfig config;
  private final ClockAnchor anchor;
  private final AttemptListener<ItemExecution<T, R>> listener;
  private final TimeSource time;
  private final Function<? super T, Cost> costs;
  private final T item;
  private final long index;

  /** The task of the next attempt. */
  private Task<? super T, ? extends R> task;

  /** The task that was asked for by {@code insteadRun}, until it starts. */
  private @Nullable Callable<?> replacement;

  private @Nullable Throttle throttle;
  private @Nullable Cost cost;

  /** The last reading of the clock. */
  private long now;

  /** When it entered the throttle's queue, for the first time since its last failure. */
  private long queuedAt;

  private int failures;
  private long throttledTimes;
  private boolean isThrottled;

  /** Whether it has waited in the queue for its first permit. */
  private boolean isQueued;

  private boolean attempted;
  private long startedAt;
  private long waitedNanos;
  private long tookNanos;
  private @Nullable R value;

  /** Why the last attempt has failed; null if it has not. */
  private @Nullable Throwable lastFailure;

  ItemExecution(
      RunConfig config,
      TimeSource time,
      ClockAnchor anchor,
      Function<? super T, Cost> costs,
      Task<? super T, ? extends R> task,
      T item,
      long index,
      AttemptListener<ItemExecution<T, R>> listener) {
    this.config = config;
    this.time = time;
    this.anchor = anchor;
    this.costs = costs;
    this.task = task;
    this.item = item;
    this.index = index;
    this.listener = listener;
  }

  T item() {
    return item;
  }

  /**
   * Enters the queue of its throttle for the first attempt.
   *
   * @throws InvalidTaskException if it can never start
   */
  CompletableFuture<Permit> enqueue() {
    try {
      prepare();
      return Objects.requireNonNull(
          throttle().acquireAsync(cost()), "a throttle returned no future");
    } catch (IllegalArgumentException e) {
      throw invalid(String.valueOf(e.getMessage()), e);
    }
  }

  private void prepare() {
    if (item == null) {
      throw invalid("it is null", null);
    }
    try {
      throttle = Objects.requireNonNull(config.source().byItem().apply(item), "it is null");
    } catch (Throwable e) {
      throw invalid("its throttle cannot be told: " + e.getMessage(), e);
    }
    try {
      cost = Objects.requireNonNull(costs.apply(item), "it is null");
    } catch (Throwable e) {
      throw invalid("its cost cannot be told: " + e.getMessage(), e);
    }
  }

  private Throttle throttle() {
    return Objects.requireNonNull(throttle);
  }

  private Cost cost() {
    return Objects.requireNonNull(cost);
  }

  /** It waits in the queue for its first permit. */
  void queued() {
    now = time.nanoTime();
    queuedAt = now;
    isQueued = true;
  }

  /** The permit for the first attempt was granted. */
  void granted(Permit first) {
    permit = first;
  }

  /** The outcome where no permit is granted for the first attempt. */
  Outcome<T, R> rejected(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (isQueued) {
      addWait();
    } else {
      now = time.nanoTime();
    }
    startedAt = now;
    if (cause instanceof InvalidTaskException invalid) {
      return failure(invalid);
    }
    if (cause instanceof IllegalArgumentException) {
      return failure(invalid(String.valueOf(cause.getMessage()), cause));
    }
    return failed(cause);
  }

  /** Waits in this thread for each permit, and attempts it. Any exception becomes a failure. */
  Outcome<T, R> acquireAndRun() {
    now = time.nanoTime();
    queuedAt = now;
    startedAt = now;
    try {
      prepare();
      return runWith(acquire(throttle()));
    } catch (InvalidTaskException e) {
      return failure(e);
    } catch (Throwable e) {
      return failed(e);
    }
  }

  /**
   * Attempts it, first with the permit that was granted. Any exception becomes a failure, an
   * interrupt and an error too.
   */
  Outcome<T, R> run() {
    Permit first = Objects.requireNonNull(permit);
    permit = null;
    return runWith(first);
  }

  private Outcome<T, R> runWith(Permit first) {
    try {
      return attemptUntilDone(first);
    } catch (InvalidTaskException e) {
      return failure(e);
    } catch (Throwable e) {
      return failed(e);
    } finally {
      if (replacement != null) {
        UnstartedTasks.close(replacement);
      }
    }
  }

  private Outcome<T, R> attemptUntilDone(Permit first) throws InterruptedException {
    Permit granted = first;
    while (true) {
      granted.call(this::runTask);
      Throwable failure = lastFailure;
      if (failure == null && !retriesResult()) {
        return new Outcome.Success<>(item, index, failures + 1, timing(), value());
      }
      if (failure != null && isThrottled && config.retry().allowsThrottled(throttledTimes)) {
        granted = acquire(throttle().withPriority(headStart()));
      } else if (failure == null || retries(failure)) {
        backOff();
        queuedAt = now;
        granted = acquire(throttle());
      } else {
        return failed(failure);
      }
    }
  }

  /**
   * Runs the task once, under the permit. A throttle that must pause does so before the permit
   * ends.
   *
   * @return whether the task has returned; if not, {@link #lastFailure} says why
   */
  private boolean runTask() {
    long began = time.nanoTime();
    if (!attempted) {
      attempted = true;
      startedAt = began;
      if (isQueued) {
        waitedNanos = began - queuedAt;
      } else {
        queuedAt = began - waitedNanos;
      }
    }
    isThrottled = false;
    lastFailure = null;
    try {
      value = config.around().isPresent() ? runAround(config.around().get()) : task.run(item);
      return true;
    } catch (Throwable e) {
      Optional<ThrottledException> told = ThrottledException.in(e);
      isThrottled = told.isPresent();
      if (told.isPresent()) {
        pause(told.get());
        told.get().replacement().ifPresent(this::replaceTask);
      }
      lastFailure = e;
      return false;
    } finally {
      now = time.nanoTime();
      tookNanos = now - began;
      listener.onAttemptEnd();
    }
  }

  private R runAround(Around around) throws Exception {
    AroundCall<R> call = new AroundCall<>(() -> task.run(item));
    around.run(call);
    return call.result();
  }

  @SuppressWarnings("NullAway") // a result may be null where the task's type allows it
  private R value() {
    return value;
  }

  private void pause(ThrottledException told) {
    throttledTimes++;
    listener.onThrottled();
    throttle().pauseFor(told);
  }

  @SuppressWarnings("unchecked") // checked where the result is used
  private void replaceTask(Callable<?> other) {
    replacement = other;
    task =
        same -> {
          replacement = null;
          return (R) other.call();
        };
  }

  /** Puts the item back to where it was before its task was told "too many requests". */
  private Duration headStart() {
    Duration headStart = Duration.ofNanos(now - queuedAt).plus(MARGIN);
    return headStart.compareTo(LONGEST_HEAD_START) < 0 ? headStart : LONGEST_HEAD_START;
  }

  private boolean retries(Throwable failure) {
    failures++;
    return !(failure instanceof InterruptedException)
        && !isThrottled
        && config.retry().allows(failures, failure);
  }

  private boolean retriesResult() {
    boolean retries = config.retry().allowsResult(failures + 1, value);
    failures += retries ? 1 : 0;
    return retries;
  }

  private void backOff() throws InterruptedException {
    try {
      listener.backOff(this, config.retry().delay(failures).toNanos());
    } finally {
      addWait();
    }
  }

  private Permit acquire(Throttle from) throws InterruptedException {
    boolean granted = false;
    try {
      Permit next = listener.acquire(this, from, cost());
      granted = next.waited().isZero();
      return next;
    } catch (IllegalArgumentException e) {
      throw invalid(String.valueOf(e.getMessage()), e);
    } finally {
      if (!granted) {
        addWait();
      }
    }
  }

  /** All the time since the last reading of the clock was waiting. */
  private void addWait() {
    long before = now;
    now = time.nanoTime();
    waitedNanos += now - before;
  }

  private InvalidTaskException invalid(String why, @Nullable Throwable cause) {
    return new InvalidTaskException(item, index, why, cause);
  }

  private Outcome<T, R> failed(Throwable failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return failure(new TaskFailedException(item, index, failures, failure));
  }

  private Outcome<T, R> failure(TaskFailedException exception) {
    return new Outcome.Failure<>(item, index, failures, timing(), exception);
  }

  private Timing timing() {
    return new Timing(anchor.instant(), startedAt - anchor.nanos(), waitedNanos, tookNanos);
  }
}
