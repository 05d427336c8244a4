package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.LimitSnapshot;
import dev.headway.time.Durations;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;

/**
 * Logs what a throttle makes its callers wait for, a line for each wait, refusal, giving up, pause
 * and change of the rules. Grants are not logged.
 *
 * <p>Subclasses choose other words, which are only asked for where they are logged:
 *
 * <pre>{@code
 * new LoggingListener(logger, Level.INFO) {
 *   @Override
 *   protected String waiting(String throttle, Cost cost, Duration expected) {
 *     return "GitHub lets us wait for " + expected.toSeconds() + " s";
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
  public final void onWait(String throttle, Cost cost, Duration expected) {
    logger.log(level, () -> waiting(throttle, cost, expected));
  }

  @Override
  public final void onRefuse(String throttle, Cost cost, RuntimeException reason) {
    logger.log(level, () -> refused(throttle, cost, reason));
  }

  @Override
  public final void onGiveUp(String throttle, Cost cost, Duration waited) {
    logger.log(level, () -> gaveUp(throttle, cost, waited));
  }

  @Override
  public final void onPause(String throttle, Duration pause) {
    logger.log(level, () -> paused(throttle, pause));
  }

  @Override
  public final void onUpdate(String throttle, List<LimitSnapshot> rules) {
    logger.log(level, () -> updated(throttle, rules));
  }

  /** What is said of a caller that begins to wait. */
  protected String waiting(String throttle, Cost cost, Duration expected) {
    return "throttle \""
        + throttle
        + "\": "
        + cost
        + " waits for at least "
        + Durations.print(expected);
  }

  /** What is said of a caller that was not let in line. */
  protected String refused(String throttle, Cost cost, RuntimeException reason) {
    return "throttle \"" + throttle + "\": " + cost + " refused: " + reason.getMessage();
  }

  /** What is said of a caller that left the line. */
  protected String gaveUp(String throttle, Cost cost, Duration waited) {
    return "throttle \"" + throttle + "\": " + cost + " given up after " + Durations.print(waited);
  }

  /** What is said when everybody backs off. */
  protected String paused(String throttle, Duration pause) {
    return "throttle \"" + throttle + "\": pauses for " + Durations.print(pause);
  }

  /** What is said when the rules have changed. */
  protected String updated(String throttle, List<LimitSnapshot> rules) {
    return "throttle \"" + throttle + "\": the rules are now " + rules;
  }
}
