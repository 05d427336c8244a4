package dev.headway;

import dev.headway.limit.Cost;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One item: attempts it until its task succeeds or must not be retried, and makes its outcome. As
 * it is, in the calling thread; a run overrides how it waits.
 *
 * <p>Each attempt takes a permit. An attempt that is told "too many requests" pauses the throttle
 * before it closes its permit. It then asks for the next permit with a head start as long as the
 * time since it first asked, so no other item starts in between and the item is the first when the
 * pause ends. An attempt that fails backs off without a permit, and then waits in arrival order.
 */
class ItemExecution<T extends @Nullable Object, R extends @Nullable Object> {

  /** Covers the time between two readings of the clock. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  /** The most that {@link Throttle#withPriority} takes. */
  private static final Duration LONGEST_HEAD_START = Duration.ofDays(36_500);

  private static final long NEVER = -1;

  /**
   * The work on all items of a run.
   *
   * @param origin the instant at {@code originNanos} on the clock of {@code time}
   */
  record Work<T extends @Nullable Object, R extends @Nullable Object>(
      RunConfig config,
      TimeSource time,
      Instant origin,
      long originNanos,
      Function<? super T, Cost> costs,
      Task<? super T, ? extends R> task) {

    /** Work that begins now. */
    static <T extends @Nullable Object, R extends @Nullable Object> Work<T, R> of(
        RunConfig config, Function<? super T, Cost> costs, Task<? super T, ? extends R> task) {
      TimeSource time = config.source().time().get();
      return new Work<>(config, time, time.instant(), time.nanoTime(), costs, task);
    }
  }

  private final Work<T, R> work;
  private final T item;
  private final long index;

  /** The task of the next attempt. */
  private Task<? super T, ? extends R> task;

  /** The task that was asked for by {@code insteadRun}, until it starts. */
  private @Nullable Callable<?> replacement;

  private @Nullable Throttle throttle;
  private @Nullable Cost cost;

  /** When it began to wait or, during an attempt, to run; {@link #NEVER} before that. */
  private long since = NEVER;

  /** When it entered the throttle's queue, for the first time since its last failure. */
  private long queuedAt;

  private long startedAt = NEVER;
  private long waitedNanos;
  private long tookNanos;
  private boolean attempted;
  private int failures;
  private long throttledTimes;
  private boolean isThrottled;
  private @Nullable R value;

  /** Why the last attempt has failed; null if it has not. */
  private @Nullable Throwable failure;

  private @Nullable Outcome<T, R> outcome;
  private boolean over;

  ItemExecution(Work<T, R> work, T item, long index) {
    this.work = work;
    this.item = item;
    this.index = index;
    this.task = work.task;
  }

  final T item() {
    return item;
  }

  final long index() {
    return index;
  }

  /** Ends it, with its outcome, or with null if it never started. */
  final void end(@Nullable Outcome<T, R> with) {
    outcome = with;
    over = true;
  }

  final boolean isOver() {
    return over;
  }

  /** The outcome, once it is over; null if it never started. */
  final @Nullable Outcome<T, R> outcome() {
    return outcome;
  }

  /** Whether the task has run. */
  final boolean isAttempted() {
    return attempted;
  }

  // How it waits.

  /** Waits for the permit of the first attempt. */
  Permit acquireFirst() throws InterruptedException {
    prepare();
    return acquire(throttle());
  }

  /**
   * Waits for the permit of another attempt.
   *
   * @throws InterruptedException if there must be no other attempt
   */
  Permit acquire(Throttle from) throws InterruptedException {
    return from.acquire(cost());
  }

  /**
   * An attempt has failed; the next one begins when this returns.
   *
   * @throws InterruptedException if there must be no other attempt
   */
  void backOff(Duration delay) throws InterruptedException {
    work.time.sleep(delay);
  }

  /** An attempt was told "too many requests". */
  void onThrottled() {}

  /** An attempt has ended. */
  void onAttemptEnd() {}

  /**
   * Finds its throttle and its cost.
   *
   * @throws InvalidTaskException if it can never start
   */
  final void prepare() {
    if (item == null) {
      throw invalid("it is null", null);
    }
    try {
      throttle = Objects.requireNonNull(work.config.source().byItem().apply(item), "it is null");
    } catch (Throwable e) {
      throw invalid("its throttle cannot be told: " + e.getMessage(), e);
    }
    try {
      cost = Objects.requireNonNull(work.costs.apply(item), "it is null");
    } catch (Throwable e) {
      throw invalid("its cost cannot be told: " + e.getMessage(), e);
    }
  }

  final Throttle throttle() {
    return Objects.requireNonNull(throttle);
  }

  final Cost cost() {
    return Objects.requireNonNull(cost);
  }

  /** It waits for its first permit from now on, unless it does already. */
  final void markQueued() {
    since = since == NEVER ? work.time.nanoTime() : since;
  }

  /** Ends a wait, of no time if none began. Returns the time. */
  private long endWait() {
    long now = work.time.nanoTime();
    since = since == NEVER ? now : since;
    if (startedAt == NEVER) {
      startedAt = now;
      queuedAt = since;
    }
    waitedNanos += now - since;
    since = now;
    return now;
  }

  // Attempts.

  /** Attempts it in this thread. Any exception becomes a failure, an interrupt and an error too. */
  final Outcome<T, R> attempt() {
    try {
      return attemptUntilDone(acquireFirst());
    } catch (Throwable e) {
      endWait();
      return notGranted(
          e instanceof CompletionException && e.getCause() != null ? e.getCause() : e);
    } finally {
      if (replacement != null) {
        UnstartedTaskCloser.close(replacement);
      }
    }
  }

  private Outcome<T, R> attemptUntilDone(Permit first) throws InterruptedException {
    Permit permit = first;
    while (true) {
      permit.call(this::runTask);
      Throwable failed = failure;
      if (failed == null && !retriesResult()) {
        return new Outcome.Success<>(item, index, failures + 1, timing(), value());
      }
      if (failed != null && isThrottled && retry().allowsThrottled(throttledTimes)) {
        permit = acquire(throttle().withPriority(headStart()));
      } else if (failed == null || retries(failed)) {
        backOff(retry().delay(failures));
        queuedAt = endWait();
        permit = acquire(throttle());
      } else {
        return failed(failed);
      }
    }
  }

  /**
   * Runs the task once, under the permit. A throttle that must pause does so before the permit
   * ends.
   *
   * @return whether the task has returned; if not, {@link #failure} says why
   */
  private boolean runTask() {
    long began = endWait();
    attempted = true;
    isThrottled = false;
    Optional<Around> around = work.config.around();
    try {
      if (around.isPresent()) {
        failure = new IllegalStateException("around(...) did not call the task");
        around.get().run(this::callTask);
      } else {
        callTask();
      }
    } catch (Throwable e) {
      failure = e;
    }
    try {
      return failure == null || pausesFor(failure);
    } finally {
      since = work.time.nanoTime();
      tookNanos = since - began;
      onAttemptEnd();
    }
  }

  /** Calls the task, and keeps its failure, which a wrapper may swallow. */
  @SuppressWarnings("NullAway") // a result may be null where the task's type allows it
  private R callTask() throws Exception {
    try {
      value = task.run(item);
      failure = null;
      return value;
    } catch (Throwable e) {
      failure = e;
      throw e;
    }
  }

  /** Pauses the throttle if that is what a failure says. Returns false. */
  private boolean pausesFor(Throwable failed) {
    Optional<ThrottledException> told = ThrottledException.in(failed);
    isThrottled = told.isPresent();
    if (isThrottled) {
      throttledTimes++;
      onThrottled();
      throttle().pauseFor(told.get());
      told.get().replacement().ifPresent(this::replaceTask);
    }
    return false;
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

  @SuppressWarnings("NullAway") // a result may be null where the task's type allows it
  private R value() {
    return value;
  }

  /** Puts the item back to where it was in the queue of its throttle. */
  final Duration headStart() {
    long from = startedAt == NEVER ? since : queuedAt;
    Duration headStart = Duration.ofNanos(work.time.nanoTime() - from).plus(MARGIN);
    return headStart.compareTo(LONGEST_HEAD_START) < 0 ? headStart : LONGEST_HEAD_START;
  }

  private Retry retry() {
    return work.config.retry();
  }

  private boolean retries(Throwable failed) {
    failures++;
    return !(failed instanceof InterruptedException)
        && !isThrottled
        && retry().allows(failures, failed);
  }

  private boolean retriesResult() {
    boolean retries = retry().allowsResult(failures + 1, value);
    failures += retries ? 1 : 0;
    return retries;
  }

  // Outcomes.

  private Outcome<T, R> notGranted(Throwable failed) {
    if (failed instanceof InvalidTaskException invalid) {
      return failure(invalid);
    }
    return failed instanceof IllegalArgumentException
        ? failure(invalid(String.valueOf(failed.getMessage()), failed))
        : failed(failed);
  }

  private InvalidTaskException invalid(String why, @Nullable Throwable cause) {
    return new InvalidTaskException(item, index, why, cause);
  }

  private Outcome<T, R> failed(Throwable failed) {
    if (failed instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return failure(new TaskFailedException(item, index, failures, failed));
  }

  private Outcome<T, R> failure(TaskFailedException exception) {
    return new Outcome.Failure<>(item, index, failures, timing(), exception);
  }

  private Timing timing() {
    return new Timing(work.origin, startedAt - work.originNanos, waitedNanos, tookNanos);
  }
}
