package dev.headway.throttle;

import dev.headway.throttle.ThrottleEvent.Abandoned;
import dev.headway.throttle.ThrottleEvent.Closed;
import dev.headway.throttle.ThrottleEvent.Granted;
import dev.headway.throttle.ThrottleEvent.Paused;
import dev.headway.throttle.ThrottleEvent.Queued;
import dev.headway.throttle.ThrottleEvent.Refused;
import dev.headway.throttle.ThrottleEvent.Released;
import dev.headway.throttle.ThrottleEvent.Resumed;
import dev.headway.throttle.ThrottleEvent.Updated;
import dev.headway.throttle.ThrottleEvent.Waiting;
import dev.headway.time.Durations;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Logs what a throttle makes its callers wait for: a line for each caller that waits, is refused or
 * leaves the queue, for each pause and each change of the limits. Permits are not logged.
 *
 * <p>Subclasses choose other words, which are only asked for where they are logged:
 *
 * <pre>{@code
 * new LoggingListener(logger, Level.INFO) {
 *   @Override
 *   protected String message(ThrottleEvent event) {
 *     return event instanceof ThrottleEvent.Waiting waiting
 *         ? "GitHub lets us wait for " + waiting.expected().toSeconds() + " s"
 *         : super.message(event);
 *   }
 * }
 * }</pre>
 */
public class LoggingListener implements ThrottleListener {

  private final Logger logger;
  private final Level level;

  /** Logs all at one level. */
  public LoggingListener(Logger logger, Level level) {
    this.logger = logger;
    this.level = level;
  }

  @Override
  public final void onEvent(ThrottleEvent event) {
    switch (event) {
      case Queued queued -> {}
      case Granted granted -> {}
      case Released released -> {}
      default -> logger.log(level, () -> message(event));
    }
  }

  /** The line for an event that is logged. */
  protected String message(ThrottleEvent event) {
    String text =
        switch (event) {
          case Queued queued -> queued.cost() + " queued";
          case Waiting waiting ->
              waiting.cost() + " waits for at least " + Durations.print(waiting.expected());
          case Granted granted ->
              granted.cost() + " granted after " + Durations.print(granted.waited());
          case Released released ->
              released.cost() + " released after " + Durations.print(released.held());
          case Refused refused -> refused.cost() + " refused: " + refused.reason().getMessage();
          case Abandoned abandoned ->
              abandoned.cost() + " given up after " + Durations.print(abandoned.waited());
          case Paused paused -> "pauses for " + Durations.print(paused.pause());
          case Resumed resumed -> "resumes";
          case Updated updated -> "the rules are now " + updated.limits();
          case Closed closed -> "closed";
        };
    return "throttle \"" + event.throttle() + "\": " + text;
  }
}
