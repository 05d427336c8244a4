package dev.headway.throttle;

import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a throttle besides its limits.
 *
 * @param name its name for people
 * @param key its key, if it is the throttle of one
 * @param maxWaiting how many callers may wait
 * @param maxWait how long each may wait
 * @param listener hears of events
 * @param time the source of its time
 */
record Settings(
    String name,
    Optional<Object> key,
    long maxWaiting,
    Optional<Duration> maxWait,
    ThrottleListener listener,
    TimeSource time) {

  /** The listener of a throttle that has none. */
  static final ThrottleListener SILENT = event -> {};

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  /** Whether the JVM has JDK Flight Recorder. */
  static final boolean HAS_JFR = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  /** Makes an event of a throttle. */
  interface EventMaker {
    ThrottleEvent make(String throttle, Optional<Object> key, Instant at);
  }

  /**
   * Tells the listener and a recorder of an event, which is made only if there is one of them. An
   * exception is logged and harms no caller.
   */
  void tell(EventMaker maker, @Nullable ThrottleListener recorder) {
    if (recorder != null || !isSilent()) {
      try {
        ThrottleEvent event = maker.make(name, key, time.instant());
        if (recorder != null) {
          recorder.onEvent(event);
        }
        listener.onEvent(event);
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
  EntryDecision admit(int ahead, long waitNanos) {
    if (ahead >= maxWaiting) {
      return EntryDecision.queueFull(maxWaiting);
    }
    long longest = maxWaitNanos();
    return waitNanos > longest
        ? EntryDecision.waitTooLong(waitNanos, longest)
        : new EntryDecision.Waiting(waitNanos);
  }

  /** The same for a key. */
  Settings forKey(String keyName, Object newKey) {
    return new Settings(keyName, Optional.of(newKey), maxWaiting, maxWait, listener, time);
  }
}
