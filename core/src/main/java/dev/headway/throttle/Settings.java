package dev.headway.throttle;

import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The settings of a throttle besides its limits.
 *
 * @param name its name for people
 * @param maxWaiting how many callers may wait
 * @param maxWait how long each may wait
 * @param listener hears of events
 * @param time the source of its time
 */
record Settings(
    String name,
    long maxWaiting,
    Optional<Duration> maxWait,
    ThrottleListener listener,
    TimeSource time) {

  /** The listener of a throttle that has none. */
  static final ThrottleListener SILENT = new ThrottleListener() {};

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  /** Tells the listener. An exception of the listener is logged and harms no caller. */
  void tell(Consumer<ThrottleListener> event) {
    if (!isSilent()) {
      try {
        event.accept(listener);
      } catch (RuntimeException | Error e) {
        LOGGER.log(Level.WARNING, "a listener of throttle \"" + name + "\" failed", e);
      }
    }
  }

  /** Whether there is no listener. */
  @SuppressWarnings("ReferenceEquality") // there is one silent listener
  boolean isSilent() {
    return listener == SILENT;
  }

  /** Whether it matters how long a caller will wait. */
  boolean needsForecast() {
    return maxWait.isPresent() || !isSilent();
  }

  /** How long a caller may wait, in nanoseconds; {@link TimeSource#NEVER} without a maximum. */
  long maxWaitNanos() {
    return maxWait.isPresent() ? Durations.nanos(maxWait.get()) : TimeSource.NEVER;
  }

  /** Whether a caller may wait behind so many others for at least so long. */
  Decision admit(Waiter waiter, int ahead, long waitNanos) {
    if (waiter.onlyAsks) {
      return new Decision.Waiting(0);
    }
    if (ahead >= maxWaiting) {
      return new Decision.QueueFull(maxWaiting);
    }
    long longest = maxWaitNanos();
    return waitNanos > longest
        ? new Decision.WaitTooLong(waitNanos, longest)
        : new Decision.Waiting(waitNanos);
  }

  Settings named(String other) {
    return new Settings(other, maxWaiting, maxWait, listener, time);
  }
}
