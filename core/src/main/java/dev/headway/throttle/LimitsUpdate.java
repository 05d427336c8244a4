package dev.headway.throttle;

import dev.headway.time.TimeSource;

/**
 * A change of a throttle's limits. A rate replaces all rates without a name, a named rate its
 * namesake, a budget all rates of that budget, any other limit those of its kind. Other limits
 * stay.
 */
public final class LimitsUpdate extends LimitsBuilder<LimitsUpdate> {

  private final TimeSource time;
  private boolean dropOthers;

  LimitsUpdate(TimeSource time) {
    this.time = time;
  }

  /** Removes all limits that this update does not give. */
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
  TimeSource time() {
    return time;
  }
}
