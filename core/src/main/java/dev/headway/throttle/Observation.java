package dev.headway.throttle;

import dev.headway.limit.Cost;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells a throttle's listener of one caller and its permit. Made only where there is a listener.
 */
final class Observation {

  private static final AtomicLong PERMITS = new AtomicLong();

  private final Settings settings;
  private final Cost cost;

  /** The number of the permit that was granted. */
  private long permit;

  Observation(Settings settings, Cost cost) {
    this.settings = settings;
    this.cost = cost;
  }

  void queued() {
    settings.tell((name, key, at) -> new ThrottleEvent.Queued(name, key, at, cost));
  }

  void waiting(long expectedNanos) {
    Duration expected = Duration.ofNanos(expectedNanos);
    settings.tell((name, key, at) -> new ThrottleEvent.Waiting(name, key, at, cost, expected));
  }

  void granted(Duration waited) {
    permit = PERMITS.incrementAndGet();
    settings.tell(
        (name, key, at) -> new ThrottleEvent.Granted(name, key, at, cost, permit, waited));
  }

  /**
   * The permit has ended.
   *
   * @param taken its cost as settled
   * @param startedAt when it was granted
   */
  void released(Cost taken, long startedAt) {
    settings.tell((name, key, at) ->
        new ThrottleEvent.Released(name, key, at, taken, permit, since(startedAt)));
  }

  void refused(RuntimeException reason) {
    settings.tell((name, key, at) -> new ThrottleEvent.Refused(name, key, at, cost, reason));
  }

  /** The caller has left a queue that it had joined at an instant. */
  void abandoned(long queuedAt) {
    settings.tell(
        (name, key, at) -> new ThrottleEvent.Abandoned(name, key, at, cost, since(queuedAt)));
  }

  private Duration since(long instant) {
    return Duration.ofNanos(settings.time().nanoTime() - instant);
  }
}
