package dev.headway;

import dev.headway.limit.Cost;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;

/**
 * The surroundings of an {@link ItemExecution}: a run, or the thread that calls {@code attempt}.
 */
interface AttemptListener<E> {

  /** An attempt has ended. */
  default void onAttemptEnd() {}

  /** An attempt was told "too many requests". */
  default void onThrottled() {}

  /**
   * An attempt has failed; the next one begins when this returns.
   *
   * @throws InterruptedException if there must be no other attempt
   */
  void backOff(E item, long nanos) throws InterruptedException;

  /**
   * Waits for the permit of the next attempt.
   *
   * @throws InterruptedException if there must be no other attempt
   */
  default Permit acquire(E item, Throttle throttle, Cost cost) throws InterruptedException {
    return throttle.acquire(cost);
  }
}
