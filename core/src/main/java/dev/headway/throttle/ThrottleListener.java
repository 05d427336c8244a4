package dev.headway.throttle;

/**
 * Gets the events of a throttle, each as one object:
 *
 * <pre>{@code
 * Throttle.builder().rate("100/m").listener(event -> {
 *   switch (event) {
 *     case ThrottleEvent.Granted granted -> waits.record(granted.waited());
 *     case ThrottleEvent.Refused refused -> refusals.increment();
 *     default -> {}
 *   }
 * })
 * }</pre>
 *
 * <p>It is called by the thread that an event concerns, or by the one that made the change, while
 * no lock is held; it should return soon. What it throws is logged and changes nothing.
 */
@FunctionalInterface
public interface ThrottleListener {

  /** An event has happened. */
  void onEvent(ThrottleEvent event);

  /**
   * Logs callers that wait, are refused or leave the queue, and pauses, changes of the limits and
   * the end of the throttle. To say it in other words, extend {@link LoggingListener}.
   *
   * @param level of all of it
   */
  static ThrottleListener logging(System.Logger logger, System.Logger.Level level) {
    return new LoggingListener(logger, level);
  }
}
