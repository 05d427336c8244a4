package dev.headway.http;

import dev.headway.limit.Limit;
import java.util.function.LongSupplier;

/**
 * The remaining quota that a server has reported, until it is reset. Only the server's next report
 * changes it.
 *
 * <p>A request without a response may not have been counted in the report, so it is subtracted from
 * the remaining count. Responses may arrive out of order; of concurrent responses the smaller
 * remaining count wins, since the count only shrinks until it is reset. A response to a request
 * that was sent after the last report is newer in any case.
 */
final class ServerQuotaLimit implements Limit {

  private final long cost;
  private final long askedAt;
  private final LongSupplier steps;
  private long heardAt;
  private long remaining;
  private long resetAt;

  /** Started requests that the report may not have counted. */
  private long unheard;

  private long running;

  /** Those of them whose response has arrived: they are counted, and end soon. */
  private long heard;

  /**
   * A server's report.
   *
   * @param resetAt when the quota is reset
   * @param cost the cost of the request whose response brought the report; it is still open
   * @param askedAt the step at which that request was sent
   * @param steps gives the present step
   */
  ServerQuotaLimit(long remaining, long resetAt, long cost, long askedAt, LongSupplier steps) {
    this.remaining = remaining;
    this.resetAt = resetAt;
    this.cost = cost;
    this.askedAt = askedAt;
    this.steps = steps;
    this.heardAt = steps.getAsLong();
    this.unheard = -cost;
    this.heard = cost;
  }

  /** No report has arrived yet. */
  static ServerQuotaLimit unheard(LongSupplier steps) {
    return new ServerQuotaLimit(Long.MAX_VALUE / 2, Long.MIN_VALUE, 0, 0, steps);
  }

  @Override
  public long readyAt(long now, long amount) {
    return now >= resetAt || unheard + amount <= remaining ? now : resetAt;
  }

  @Override
  public void start(long now, long amount) {
    unheard += amount;
    running += amount;
  }

  /** The response has arrived, or never will. */
  @Override
  public void end(long startedAt, long now, long amount) {
    running -= amount;
    heard -= Math.min(heard, amount);
  }

  @Override
  public void settle(long startedAt, long now, long from, long to) {
    unheard += to - from;
    running += to - from;
  }

  @Override
  public long available(long now) {
    return now >= resetAt ? Long.MAX_VALUE : Math.max(0, remaining - unheard);
  }

  @Override
  public boolean idle(long now) {
    return now >= resetAt && running == 0;
  }

  @Override
  public boolean inherit(Limit former, long now) {
    if (!(former instanceof ServerQuotaLimit last)) {
      return false;
    }
    running = last.running;
    // Two reports may reach their throttle in another order than they were read.
    heardAt = steps.getAsLong();
    boolean mayBeEarlier = askedAt < last.heardAt && now < last.resetAt;
    unheard = (mayBeEarlier ? last.unheard : running - last.heard) - cost;
    heard = last.heard + cost;
    if (mayBeEarlier && last.remaining < remaining) {
      remaining = last.remaining;
      resetAt = last.resetAt;
    }
    return true;
  }

  /** The rule as text. */
  @Override
  public String toString() {
    return "the server's quota";
  }
}
