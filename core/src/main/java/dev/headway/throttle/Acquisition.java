package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.time.Durations;
import java.time.Duration;
import java.util.Optional;

/** Convenience methods to acquire permits, built on the basic methods of a {@link Throttle}. */
final class Acquisition {

  private Acquisition() {}

  /** Takes what is available; if others are faster, half of it, and so on. */
  static Optional<Permit> upTo(Throttle throttle, long most) {
    Cost.permits(most);
    Optional<Permit> permit = Optional.empty();
    long amount = Math.min(most, throttle.snapshot().available());
    while (permit.isEmpty() && amount > 0) {
      permit = throttle.tryAcquire(Cost.permits(amount));
      amount /= 2;
    }
    return permit;
  }

  /**
   * Waits through interrupts. An interrupt ends a wait in the queue. So each further wait has a
   * head start of the time that has passed since the first, which puts it back to where it was.
   */
  static Permit uninterruptibly(Throttle throttle, Cost cost) {
    boolean interrupted = Thread.interrupted();
    long since = throttle.timeSource().nanoTime();
    Throttle place = throttle;
    try {
      while (true) {
        try {
          return place.acquire(cost);
        } catch (InterruptedException e) {
          interrupted = true;
          place = throttle.withPriority(waited(throttle, since));
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Duration waited(Throttle throttle, long since) {
    return Duration.ofNanos(Durations.minus(throttle.timeSource().nanoTime(), since));
  }
}
