package dev.headway.throttle;

import dev.headway.time.Durations;
import dev.headway.time.TimeSource;

/**
 * How a throttle's rules are to change. Rules that are given replace those of the same kind: a rate
 * all rates without a name, a named rate its namesake, a budget all of that name. Other rules stay
 * as they are.
 */
public final class LimitsUpdate extends LimitsBuilder<LimitsUpdate> {

  private final TimeSource time;
  private boolean dropOthers;

  LimitsUpdate(TimeSource time) {
    this.time = time;
  }

  /** Drops all rules but those that are given to this. */
  public LimitsUpdate dropOthers() {
    dropOthers = true;
    return this;
  }

  boolean dropsOthers() {
    return dropOthers;
  }

  @Override
  protected LimitsUpdate self() {
    return this;
  }

  @Override
  long clockAtZero() {
    return clockAtZero(time);
  }

  @Override
  long now() {
    return time.nanoTime();
  }

  static long clockAtZero(TimeSource time) {
    return Durations.minus(Durations.nanos(time.instant()), time.nanoTime());
  }
}
