package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.Limit;
import java.time.Duration;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A permit of a throttle of this process. Its fields belong to the queue's lock. */
final class QueuedPermit implements Permit {

  final QueuedThrottle throttle;
  long startedAt;
  boolean ended;

  /** Tells of its end; null if there is no listener or recording. */
  @Nullable Observation observation;

  /** When its work arrived; {@link Limit#NEVER} if that is unknown. */
  long arrivedAt = Limit.NEVER;

  /** Whether its caller has resumed. */
  boolean confirmed;

  private final Cost cost;

  /** The cost since it was settled. Not set before: a volatile write takes as long as a clock. */
  private volatile @Nullable Cost settled;

  private final long waitedNanos;

  QueuedPermit(
      QueuedThrottle throttle, Cost cost, long startedAt, long waitedNanos, boolean confirmed) {
    this.throttle = throttle;
    this.cost = cost;
    this.startedAt = startedAt;
    this.waitedNanos = waitedNanos;
    this.confirmed = confirmed;
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
    ThrottleQueue.rethrow(throttle.queue.settle(this, budget, amount));
  }

  /** Changes the cost under the queue's lock; returns an exception that a limit threw. */
  @Nullable Throwable settle(long now, String budget, long amount) {
    if (ended) {
      throw settledTooLate(budget, amount);
    }
    throttle.partition.checkBudget(budget);
    Cost former = cost();
    settled = former.with(budget, amount);
    return throttle.partition.settle(this, now, budget, former.amount(budget), amount);
  }

  @Override
  public void arrived() {
    ThrottleQueue.rethrow(throttle.queue.arrived(this));
  }

  /** Marks it as arrived under the queue's lock; returns an exception that a limit threw. */
  @Nullable Throwable arrived(long now) {
    if (ended || arrivedAt != Limit.NEVER) {
      return null;
    }
    arrivedAt = now;
    return throttle.partition.arrived(startedAt, now, cost());
  }

  static IllegalStateException settledTooLate(String budget, long amount) {
    return new IllegalStateException(
        "a permit must be settled before it is closed: "
            + budget
            + " = "
            + amount
            + " is too late");
  }

  static IllegalStateException releasedBefore() {
    return new IllegalStateException(
        "this permit has been released before; use close() where that may happen");
  }

  @Override
  public void release() {
    if (!end()) {
      throw releasedBefore();
    }
  }

  @Override
  public void close() {
    end();
  }

  private boolean end() {
    Observation observed = observation;
    return observed == null ? throttle.queue.end(this) : endObserved(observed);
  }

  private boolean endObserved(Observation observed) {
    boolean first = true;
    try {
      first = throttle.queue.end(this);
    } finally {
      if (first) {
        observed.released(cost(), startedAt);
      }
    }
    return first;
  }

  /** A permit as JFR has it, from its grant until it is closed. */
  @Name("dev.headway.Permit")
  @Label("Permit")
  @Description("A permit of a throttle, from its grant until it is closed")
  @Threshold("10 ms")
  @StackTrace(false)
  @SuppressWarnings("UnusedVariable") // JFR reads the fields
  static final class JfrEvent extends JfrRecorder.ThrottleJfrEvent {
    @Label("Cost")
    @Description("What it took, as settled")
    @Nullable String cost;

    @Label("Waited")
    @Description("How long its caller waited by the throttle's time")
    @Timespan
    long waited;

    @Label("Held")
    @Description("How long it was held by the throttle's time")
    @Timespan
    long held;

    @Label("Permit")
    @Description("The number of the permit")
    long permit;
  }
}
