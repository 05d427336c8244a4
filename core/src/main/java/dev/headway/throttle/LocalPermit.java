package dev.headway.throttle;

import dev.headway.limit.Cost;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A permit of a throttle of this process. Its fields belong to its gate's guard. */
final class LocalPermit implements Permit {

  final Lane lane;
  long startedAt;
  boolean ended;

  /** Whether its work is known to have arrived, and when. */
  boolean arrived;

  long arrivedAt;

  /** Whether its caller has gone on, as far as anybody had to know. */
  boolean wentOn;

  private final Gate gate;
  private final Cost cost;

  /**
   * What it costs since it was settled. Not set before: a volatile write takes as long as a clock.
   */
  private volatile @Nullable Cost settled;

  private final long waitedNanos;

  LocalPermit(Gate gate, Lane lane, Cost cost, long startedAt, long waitedNanos) {
    this.gate = gate;
    this.lane = lane;
    this.cost = cost;
    this.startedAt = startedAt;
    this.waitedNanos = waitedNanos;
  }

  /** A permit of a caller that did not wait. */
  static LocalPermit started(Gate gate, Lane lane, Cost cost, long startedAt) {
    LocalPermit permit = new LocalPermit(gate, lane, cost, startedAt, 0);
    permit.wentOn = true;
    return permit;
  }

  @Override
  public Cost cost() {
    Cost now = settled;
    return now == null ? cost : now;
  }

  @Override
  public Duration waited() {
    return Duration.ofNanos(waitedNanos);
  }

  @Override
  public void settle(String budget, long amount) {
    Throwable failure =
        gate.change(
            lane,
            now -> {
              if (ended) {
                throw tooLate(budget, amount);
              }
              lane.checkBudget(budget);
              Cost cost = cost();
              long former = cost.amount(budget);
              settled = cost.with(budget, amount);
              return lane.settle(this, now, budget, former, amount);
            });
    Gate.rethrow(failure);
  }

  @Override
  public void arrived() {
    Throwable failure =
        gate.change(
            lane,
            now -> {
              if (ended || arrived) {
                return null;
              }
              arrived = true;
              arrivedAt = now;
              return lane.arrived(startedAt, now, cost());
            });
    Gate.rethrow(failure);
  }

  @Override
  public void release() {
    if (!end()) {
      throw releasedBefore();
    }
  }

  static IllegalStateException tooLate(String budget, long amount) {
    return new IllegalStateException(
        "a permit is settled before it is closed: " + budget + " = " + amount + " came too late");
  }

  static IllegalStateException releasedBefore() {
    return new IllegalStateException(
        "this permit has been released before; use close() where that may happen");
  }

  @Override
  public void close() {
    end();
  }

  /** Ends it. False if it had been ended. */
  boolean end() {
    return gate.end(this);
  }

  /** How long it has been held by now. */
  Duration held() {
    return Duration.ofNanos(gate.time.nanoTime() - startedAt);
  }
}
