package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.Limit;
import java.time.Duration;
import java.util.function.LongFunction;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A permit of a throttle of this process. Its fields belong to the queue's lock. */
final class QueuedPermit implements Permit {

  /** The queue that granted a permit. */
  interface Granter {

    /** Counts a start from now; false if the grant has lapsed. */
    boolean confirm(QueuedPermit permit);

    /** Ends a permit; false if it had ended before. */
    boolean end(QueuedPermit permit);

    /** Makes a change under the lock, serves callers, and throws the exception it returns. */
    void settle(Partition partition, LongFunction<@Nullable Throwable> change);
  }

  private final Granter queue;
  final Partition partition;
  long startedAt;

  /** When its work arrived; {@link Limit#NEVER} if that is unknown. */
  long arrivedAt = Limit.NEVER;

  /** Whether its caller has resumed. */
  boolean confirmed;

  boolean ended;

  /** Whether its work has never begun. */
  boolean cancelled;

  /** The cost as settled. Plain, since costs are immutable and a volatile write is slow. */
  private Cost cost;

  private final long waitedNanos;

  /** Tells of its end; null if there is no listener or recording. */
  private @Nullable Observation observation;

  QueuedPermit(
      Granter queue,
      Partition partition,
      Cost cost,
      long startedAt,
      long waitedNanos,
      boolean confirmed) {
    this.queue = queue;
    this.partition = partition;
    this.cost = cost;
    this.startedAt = startedAt;
    this.waitedNanos = waitedNanos;
    this.confirmed = confirmed;
  }

  /** Tells of the grant and lets the caller resume; false if the grant has lapsed. */
  boolean confirm(@Nullable Observation observed) {
    if (observed != null) {
      observed.granted(waited());
    }
    boolean valid = false;
    try {
      valid = queue.confirm(this);
    } finally {
      if (!valid) {
        queue.end(this);
        if (observed != null) {
          observed.released(cost, startedAt);
        }
      }
    }
    observation = observed;
    return valid;
  }

  @Override
  public Cost cost() {
    return cost;
  }

  @Override
  public Duration waited() {
    return Duration.ofNanos(waitedNanos);
  }

  @Override
  public void settle(String budget, long amount) {
    queue.settle(partition, now -> settle(now, budget, amount));
  }

  /** Changes the cost under the queue's lock; returns an exception that a limit threw. */
  private @Nullable Throwable settle(long now, String budget, long amount) {
    if (ended) {
      throw settledTooLate(budget, amount);
    }
    partition.checkBudget(budget);
    long former = cost.amount(budget);
    cost = cost.with(budget, amount);
    return partition.each(level -> level.settle(startedAt, arrivedAt, now, budget, former, amount));
  }

  @Override
  public void arrived() {
    queue.settle(partition, this::arrived);
  }

  /** Marks it as arrived under the queue's lock; returns an exception that a limit threw. */
  private @Nullable Throwable arrived(long now) {
    if (ended || arrivedAt != Limit.NEVER) {
      return null;
    }
    arrivedAt = now;
    return partition.each(level -> level.arrived(startedAt, now, cost));
  }

  static IllegalStateException settledTooLate(String budget, long amount) {
    return new IllegalStateException(
        "a permit must be settled before it is closed: %s = %d is too late"
            .formatted(budget, amount));
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

  @Override
  public void cancel() {
    cancelled = true;
    end();
  }

  private boolean end() {
    Observation observed = observation;
    return observed == null ? queue.end(this) : endObserved(observed);
  }

  private boolean endObserved(Observation observed) {
    boolean first = true;
    try {
      first = queue.end(this);
    } finally {
      if (first) {
        observed.released(cost, startedAt);
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
  static final class JfrEvent extends ThrottleJfrEvent {
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
