package dev.headway.cli.plan;

/** Hears of a simulated run, and of parts that it repeats as a whole. */
interface CycleListener extends PlanListener {

  /**
   * The run goes on as it did in a cycle, which has just ended. Later events are as much later.
   *
   * @param tookNanos how long each request is in flight
   * @param times how often the cycle is repeated
   */
  void repeated(Cycle cycle, long tookNanos, long times);
}
