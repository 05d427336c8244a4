package dev.headway.cli.plan;

/** Hears what happens in a simulated run, in the order of its time. */
public interface PlanListener {

  /**
   * A request has started.
   *
   * @param atNanos when, since the run began
   * @param heldNanos for how long nothing had started before it
   * @param heldBy the limit for which it was so; empty if nothing had to be waited for
   */
  default void started(Demand demand, long atNanos, long heldNanos, String heldBy) {}

  /**
   * A request has ended.
   *
   * @param atNanos when, since the run began
   * @param tookNanos how long it was in flight
   */
  default void ended(Demand demand, long atNanos, long tookNanos) {}
}
