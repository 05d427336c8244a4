package dev.headway.throttle;

import dev.headway.limit.Cost;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Tells a throttle's listener and JDK Flight Recorder of one caller and its permit. It is made only
 * where there is a listener or a recording.
 */
final class Observation {

  private static final AtomicLong PERMITS = new AtomicLong();

  private final Settings settings;
  private final Cost cost;
  private final @Nullable ThrottleListener recorder;

  /** The number of the permit that was granted. */
  private long permit;

  private Observation(Settings settings, Cost cost, @Nullable ThrottleListener recorder) {
    this.settings = settings;
    this.cost = cost;
    this.recorder = recorder;
  }

  /** Observes a caller for the listener and a recorder; null if there is neither. */
  static @Nullable Observation of(
      Settings settings, Cost cost, @Nullable ThrottleListener recorder) {
    return recorder == null && settings.isSilent()
        ? null
        : new Observation(settings, cost, recorder);
  }

  private void tell(Settings.EventMaker event) {
    settings.tell(event, recorder);
  }

  void queued() {
    tell((name, key, at) -> new ThrottleEvent.Queued(name, key, at, cost));
  }

  void waiting(long expectedNanos) {
    Duration expected = Duration.ofNanos(expectedNanos);
    tell((name, key, at) -> new ThrottleEvent.Waiting(name, key, at, cost, expected));
  }

  void granted(Duration waited) {
    permit = PERMITS.incrementAndGet();
    tell((name, key, at) -> new ThrottleEvent.Granted(name, key, at, cost, permit, waited));
  }

  /**
   * The permit has ended.
   *
   * @param taken its cost as settled
   * @param startedAt when it was granted
   */
  void released(Cost taken, long startedAt) {
    tell((name, key, at) ->
        new ThrottleEvent.Released(name, key, at, taken, permit, since(startedAt)));
  }

  void refused(RuntimeException reason) {
    tell((name, key, at) -> new ThrottleEvent.Refused(name, key, at, cost, reason));
  }

  /** The caller has left a queue that it had joined at an instant. */
  void abandoned(long queuedAt) {
    tell((name, key, at) -> new ThrottleEvent.Abandoned(name, key, at, cost, since(queuedAt)));
  }

  private Duration since(long instant) {
    return Duration.ofNanos(settings.time().nanoTime() - instant);
  }
}
