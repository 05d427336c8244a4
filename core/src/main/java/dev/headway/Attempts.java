package dev.headway;

import dev.headway.limit.Cost;
import dev.headway.throttle.CurrentPermit;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Tries one item until its task succeeds or must not be tried again.
 *
 * <p>Each attempt takes a permit. One that is told to slow down pauses the throttle before it gives
 * its permit back, and asks for the next one as one who came when the item first did: so nobody
 * starts in between, and the item is ahead of all who came after it when the pause ends. One that
 * fails backs off without a permit, and then stands in line like anybody else.
 */
final class Attempts<T extends @Nullable Object, R extends @Nullable Object> {

  /** For what passes between two readings of the clock. */
  private static final Duration AMPLE = Duration.ofSeconds(1);

  /** As long as {@link Throttle#withPriority} takes. */
  private static final Duration LONGEST_HEAD_START = Duration.ofDays(36_500);

  private final Plan plan;
  private final Origin origin;
  private final Host host;
  private final TimeSource time;
  private final T item;
  private final long index;

  /** What to run: another one once the task has asked for it. */
  private Task<? super T, ? extends R> task;

  /** The last reading of the clock. */
  private long now;

  /** That other one, until it starts. */
  private @Nullable Callable<?> replacement;

  private int failures;
  private long throttled;
  private boolean asked;

  /** Whether the last attempt was told to slow down. */
  private boolean isThrottled;

  private long startedAt;
  private long waitedNanos;
  private long tookNanos;
  private @Nullable R value;

  /** Where an attempt is made, and who hears of it. */
  public interface Host {
    /**
     * A permit has been granted, and an attempt is made when this returns.
     *
     * @return whether this took so long that the attempt begins only now
     * @throws InterruptedException if none is to be made any more
     */
    default boolean starts() throws InterruptedException {
      return false;
    }

    /** An attempt has been made. */
    default void ended() {}

    /** An attempt was told to slow down. */
    default void throttled() {}

    /** An attempt has failed and will be made again when this returns. */
    void backOff(long nanos) throws InterruptedException;
  }

  /**
   * Prepares to try an item.
   *
   * @param now what the clock of the plan's throttle shows
   */
  public Attempts(
      Plan plan,
      Origin origin,
      Task<? super T, ? extends R> task,
      T item,
      long index,
      Host host,
      long now) {
    this.plan = plan;
    this.origin = origin;
    this.task = task;
    this.item = item;
    this.index = index;
    this.host = host;
    this.now = now;
    this.time = plan.throttle().timeSource();
  }

  /** Tries it. Whatever is thrown becomes a failure, an interrupt and an error included. */
  public Outcome<T, R> run() {
    try {
      return tryUntilDone();
    } finally {
      if (replacement != null) {
        Unstarted.close(replacement);
      }
    }
  }

  private Outcome<T, R> tryUntilDone() {
    Throttle throttle = plan.throttle();
    try {
      Cost cost = cost();
      long stoodAt = now;
      Permit permit = acquire(throttle, cost);
      while (true) {
        Throwable failure = work(permit, throttle);
        if (failure == null) {
          return new Outcome.Success<>(item, index, failures + 1, timing(), value());
        }
        if (isThrottled && plan.retry().allowsThrottled(throttled)) {
          permit = acquire(throttle.withPriority(headStart(stoodAt)), cost);
        } else if (mayRetry(failure)) {
          backOff();
          stoodAt = now;
          permit = acquire(throttle, cost);
        } else {
          return failed(failure);
        }
      }
    } catch (InvalidTaskException e) {
      return failure(e);
    } catch (Throwable e) {
      return failed(e);
    }
  }

  /**
   * Works once; null if it went well. A throttle that is to pause does so before the permit ends.
   */
  private @Nullable Throwable work(Permit permit, Throttle throttle) throws InterruptedException {
    try (permit) {
      if (host.starts()) {
        now = time.nanoTime();
      }
      long began = now;
      try (CurrentPermit current = new CurrentPermit(permit)) {
        value = task.run(item);
        return null;
      } catch (Throwable e) {
        Optional<ThrottledException> told = ThrottledException.in(e);
        isThrottled = told.isPresent();
        if (told.isPresent()) {
          pause(throttle, told.get());
          told.get().replacement().ifPresent(this::replaceTask);
        }
        return e;
      } finally {
        now = time.nanoTime();
        tookNanos = now - began;
        host.ended();
      }
    }
  }

  @SuppressWarnings("NullAway") // a result may be null where the task's type allows it
  private R value() {
    return value;
  }

  private void pause(Throttle throttle, ThrottledException told) {
    throttled++;
    host.throttled();
    told.retryAfter().ifPresentOrElse(throttle::pauseFor, throttle::pause);
  }

  @SuppressWarnings("unchecked") // it is of the type of the run's results, if the run knows that
  private void replaceTask(Callable<?> other) {
    replacement = other;
    task =
        same -> {
          replacement = null;
          return (R) other.call();
        };
  }

  /** What puts an item back where it was before its task was told to slow down. */
  private Duration headStart(long stoodAt) {
    Duration headStart = Duration.ofNanos(now - stoodAt).plus(AMPLE);
    return headStart.compareTo(LONGEST_HEAD_START) < 0 ? headStart : LONGEST_HEAD_START;
  }

  private boolean mayRetry(Throwable failure) {
    failures++;
    return !(failure instanceof InterruptedException)
        && !isThrottled
        && plan.retry().allows(failures, failure);
  }

  private void backOff() throws InterruptedException {
    try {
      host.backOff(plan.retry().delay(failures).toNanos());
    } finally {
      hasWaited();
    }
  }

  private Cost cost() {
    if (item == null) {
      throw invalid("it is null", null);
    }
    try {
      return Objects.requireNonNull(plan.costing().apply(item), "it is null");
    } catch (Throwable e) {
      throw invalid("its cost cannot be told: " + e.getMessage(), e);
    }
  }

  private Permit acquire(Throttle throttle, Cost cost) throws InterruptedException {
    boolean granted = false;
    try {
      Permit permit = throttle.acquire(cost);
      granted = permit.waited().isZero();
      return permit;
    } catch (IllegalArgumentException e) {
      throw invalid(String.valueOf(e.getMessage()), e);
    } finally {
      if (!granted) {
        hasWaited();
      }
      if (!asked) {
        asked = true;
        startedAt = now;
      }
    }
  }

  /** All since the last reading of the clock was waiting. */
  private void hasWaited() {
    long before = now;
    now = time.nanoTime();
    waitedNanos += now - before;
  }

  /** The last reading of the clock: once it has been tried, when that ended. */
  long now() {
    return now;
  }

  /** How long the last attempt ran. */
  long tookNanos() {
    return tookNanos;
  }

  private InvalidTaskException invalid(String why, @Nullable Throwable cause) {
    return new InvalidTaskException(item, index, why, cause);
  }

  private Outcome<T, R> failed(Throwable failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return failure(new TaskFailedException(item, index, attempts(), failure));
  }

  private Outcome<T, R> failure(TaskFailedException exception) {
    return new Outcome.Failure<>(item, index, attempts(), timing(), exception);
  }

  private int attempts() {
    return asked ? failures : 0;
  }

  private Timing timing() {
    long started = asked ? startedAt : now;
    return new Timing(origin.instant(), started - origin.nanos(), waitedNanos, tookNanos);
  }
}
