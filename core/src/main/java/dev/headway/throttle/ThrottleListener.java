package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.LimitSnapshot;
import java.time.Duration;
import java.util.List;

/**
 * Hears what a throttle does. Each method is called by the thread that it concerns, or by the one
 * that made the change, while no lock is held; it should return soon. What it throws is logged and
 * changes nothing.
 */
public interface ThrottleListener {

  /**
   * Logs who waits, is refused or gives up, and pauses and changes of the rules. To say it in other
   * words, extend {@link LoggingListener}.
   *
   * @param level of all of it
   */
  static ThrottleListener logging(System.Logger logger, System.Logger.Level level) {
    return new LoggingListener(logger, level);
  }

  /**
   * A caller begins to wait.
   *
   * @param expected how long it will at least wait, as far as the rules can tell
   */
  default void onWait(String throttle, Cost cost, Duration expected) {}

  /**
   * A caller is in the queue, by its own thread and before it waits; not called where it starts at
   * once.
   */
  default void onQueue(String throttle, Cost cost) {}

  /** A caller was granted a permit, after having waited so long; zero if it did not have to. */
  default void onGrant(String throttle, Cost cost, Duration waited) {}

  /**
   * A permit was closed.
   *
   * @param cost what it took, as settled
   * @param held how long it was held; what is started because of its end may have begun by now
   */
  default void onRelease(String throttle, Cost cost, Duration held) {}

  /** A caller was not let in line. */
  default void onRefuse(String throttle, Cost cost, RuntimeException reason) {}

  /** A caller left the line: it was interrupted, its time was up or its future was cancelled. */
  default void onGiveUp(String throttle, Cost cost, Duration waited) {}

  /** Everybody backs off for so long. */
  default void onPause(String throttle, Duration pause) {}

  /** The rules have become these. */
  default void onUpdate(String throttle, List<LimitSnapshot> rules) {}
}
