package dev.headway.throttle;

import dev.headway.time.TimeSource;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a throttle is besides its rules.
 *
 * @param name its name for people
 * @param maxWaiting how many may stand in line
 * @param maxWait how long each may
 * @param listener who hears of it
 * @param time where its time comes from
 */
record Settings(
    String name,
    long maxWaiting,
    Optional<Duration> maxWait,
    ThrottleListener listener,
    TimeSource time) {

  /** Hears everything and says nothing. */
  public static final ThrottleListener SILENT = new ThrottleListener() {};

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  /** Tells the listener. What it throws is logged: it must not harm whom it watches. */
  void tell(Consumer<ThrottleListener> event) {
    if (!isSilent()) {
      try {
        event.accept(listener);
      } catch (RuntimeException | Error e) {
        LOGGER.log(Level.WARNING, "a listener of throttle \"" + name + "\" failed", e);
      }
    }
  }

  /** Whether nobody hears anything. */
  @SuppressWarnings("ReferenceEquality") // only one says nothing
  boolean isSilent() {
    return listener == SILENT;
  }

  /** Whether anybody wants to know how long a caller will wait. */
  boolean asksHowLong() {
    return maxWait.isPresent() || !isSilent();
  }

  Settings named(String other) {
    return new Settings(other, maxWaiting, maxWait, listener, time);
  }
}
