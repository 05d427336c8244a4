package dev.headway.throttle;

import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A time limit on waiting and working in the current thread. Work that has not ended in time is
 * interrupted.
 *
 * <p>A thread knows only that it is interrupted, not why or how often. The interrupt of this limit
 * is told apart from others as follows:
 *
 * <ul>
 *   <li>one that is pending when the time is up comes from elsewhere and stays;
 *   <li>one that is pending when the work is over comes from this limit and is cleared;
 *   <li>if the work has thrown an {@link InterruptedException}, which clears its interrupt, a
 *       pending one comes from elsewhere and stays.
 * </ul>
 */
final class CallTimeout {

  private final String throttle;
  private final Consumer<ThrottledException> pause;
  private final Duration timeout;
  private final TimeSource time;
  private final long deadline;
  private final Thread thread = Thread.currentThread();
  private final ReentrantLock lock = new ReentrantLock();

  /** Whether the work has ended, after which no interrupt is sent; under the lock. */
  private boolean ended;

  /** Whether the time was up before the work had ended; under the lock. */
  private boolean up;

  /** Whether another had interrupted the thread before the time was up; under the lock. */
  private boolean interrupted;

  /**
   * A call whose time begins now.
   *
   * @param throttle the throttle's name
   * @param pause pauses the throttle
   */
  CallTimeout(
      String throttle, TimeSource time, Consumer<ThrottledException> pause, Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "a time-out must be longer than 0, not " + Durations.print(timeout));
    }
    this.throttle = throttle;
    this.timeout = timeout;
    this.time = time;
    this.pause = pause;
    this.deadline = Durations.after(time.nanoTime(), timeout);
  }

  /** Works under the permit that was granted in time. */
  <T, X extends Exception> T call(
      Optional<Permit> granted, CheckedSupplier<? extends T, ? extends X> work)
      throws TimeoutException, X {
    try (Permit permit = granted.orElseThrow(this::timedOut);
        PermitScope current = new PermitScope(permit)) {
      return inTime(work);
    }
  }

  private AcquireTimeoutException timedOut() {
    return new AcquireTimeoutException(
        "no permit of \"%s\" within %s or its maxWait"
            .formatted(throttle, Durations.print(timeout)));
  }

  private <T, X extends Exception> T inTime(CheckedSupplier<? extends T, ? extends X> work)
      throws TimeoutException, X {
    TimeSource.Timer timer =
        deadline == TimeSource.NEVER ? () -> {} : time.schedule(deadline, this::timeIsUp);
    Exception failure = null;
    try {
      T result = work.get();
      if (endInTime(timer, null)) {
        return result;
      }
    } catch (Error e) {
      endInTime(timer, e);
      throw e;
    } catch (Exception e) {
      boolean inTime = endInTime(timer, e);
      ThrottledException.pauseFor(e, pause);
      if (inTime) {
        throw e;
      }
      failure = e;
    }
    TimeoutException late =
        new TimeoutException(
            "waiting for \"%s\" and working took longer than %s"
                .formatted(throttle, Durations.print(timeout)));
    late.initCause(failure);
    throw late;
  }

  /** Ends the interrupting, and says whether no interrupt has been sent. */
  private boolean endInTime(TimeSource.Timer timer, @Nullable Throwable failure) {
    timer.cancel();
    lock.lock();
    try {
      ended = true;
      if (up && !interrupted && !(failure instanceof InterruptedException)) {
        Thread.interrupted();
      }
      return !up;
    } finally {
      lock.unlock();
    }
  }

  private void timeIsUp() {
    lock.lock();
    try {
      if (!ended) {
        up = true;
        interrupted = thread.isInterrupted();
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }
}
