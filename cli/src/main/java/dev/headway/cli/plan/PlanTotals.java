package dev.headway.cli.plan;

import java.util.HashMap;
import java.util.Map;

/** Counts what a simulated run waits for. */
final class PlanTotals implements CycleListener {

  private final Map<String, Long> held = new HashMap<>();
  private long requests;
  private long underWay;
  private long mostUnderWay;
  private long tookNanos;
  private long lastStart;
  private long lastEnd;

  @Override
  public void started(Demand demand, long atNanos, long heldNanos, String heldBy) {
    requests++;
    underWay++;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    lastStart = atNanos;
    if (heldNanos > 0) {
      held.merge(heldBy, heldNanos, Long::sum);
    }
  }

  @Override
  public void ended(Demand demand, long atNanos, long took) {
    underWay--;
    tookNanos += took;
    lastEnd = atNanos;
  }

  @Override
  public void repeated(Cycle cycle, long took, long times) {
    requests += times * cycle.size();
    tookNanos += times * cycle.size() * took;
    lastStart += times * cycle.nanos();
    for (String limit : cycle.limits()) {
      long nanos = times * cycle.heldBefore(limit, cycle.nanos());
      if (nanos > 0) {
        held.merge(limit, nanos, Long::sum);
      }
    }
  }

  long requests() {
    return requests;
  }

  /** How long it takes. */
  long nanos() {
    return lastEnd;
  }

  /** How many are in flight, on average. */
  double underWay() {
    return lastEnd == 0 ? requests : (double) tookNanos / lastEnd;
  }

  long mostUnderWay() {
    return mostUnderWay;
  }

  /** The part of the time for which a limit holds up the next request. */
  double share(String limit) {
    return share(held.getOrDefault(limit, 0L));
  }

  /** The part of the time for which all have started. */
  double lastAnswers() {
    return share(lastEnd - lastStart);
  }

  private double share(long nanos) {
    return lastEnd == 0 ? 0 : (double) nanos / lastEnd;
  }
}
