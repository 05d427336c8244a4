package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.time.Durations;
import java.time.Duration;

/** Waits for a permit through interrupts. */
final class Uninterruptibly {

  private Uninterruptibly() {}

  /**
   * An interrupt ends a wait in the queue. So each further wait has a head start of the time that
   * has passed since the first, which puts it back to where it was.
   */
  static Permit acquire(Throttle throttle, Cost cost) {
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
