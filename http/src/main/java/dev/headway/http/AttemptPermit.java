package dev.headway.http;

import dev.headway.limit.Cost;
import dev.headway.throttle.Permit;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** The permit of an attempt, which ends when both the attempt and the body of its response have. */
final class AttemptPermit implements Permit {

  private final Permit permit;

  /** What has not ended. */
  private final AtomicInteger open = new AtomicInteger(1);

  AttemptPermit(Permit permit) {
    this.permit = permit;
  }

  /** A body is read that may last longer than the attempt; {@link #close} ends it. */
  void bodyBegins() {
    open.incrementAndGet();
  }

  @Override
  public Cost cost() {
    return permit.cost();
  }

  @Override
  public Duration waited() {
    return permit.waited();
  }

  @Override
  public void settle(String budget, long amount) {
    permit.settle(budget, amount);
  }

  @Override
  public void arrived() {
    permit.arrived();
  }

  @Override
  public void release() {
    permit.release();
  }

  @Override
  public void close() {
    if (open.decrementAndGet() <= 0) {
      permit.close();
    }
  }

  /** Ends it whatever is open. */
  void closeNow() {
    permit.close();
  }
}
