package dev.headway.throttle;

import dev.headway.time.Durations;
import java.time.Duration;

/** Adds up head starts, and caps the sum at 36,500 days. */
final class HeadStarts {

  /** Far from where nanoseconds overflow. */
  private static final Duration MOST = Duration.ofDays(36_500);

  private HeadStarts() {}

  /**
   * A head start on top of another one.
   *
   * @throws IllegalArgumentException if the one to add is out of range
   */
  public static Duration add(Duration former, Duration headStart) {
    if (headStart.compareTo(MOST) > 0 || headStart.compareTo(MOST.negated()) < 0) {
      throw new IllegalArgumentException(
          "a head start must be at most 36500 days either way, not " + Durations.print(headStart));
    }
    Duration sum = former.plus(headStart);
    return sum.abs().compareTo(MOST) <= 0 ? sum : sum.isNegative() ? MOST.negated() : MOST;
  }
}
