package dev.headway.http;

import dev.headway.limit.Limit;
import java.util.function.LongSupplier;

/**
 * The remaining quota that a server has reported, until it is reset. Only the server's next report
 * changes it.
 *
 * <p>A request without a response may not have been counted in the report, so it is subtracted from
 * the remaining count. Responses may arrive out of order; of concurrent responses the smaller
 * remaining count wins, since the count only shrinks until it is reset; after the reset, one that
 * leaves more than the server then takes is ignored. A response to a request that was sent after
 * the last report is newer in any case.
 */
final class ServerQuotaLimit implements Limit {

  private final long cost;
  private final long askedAt;
  private final LongSupplier steps;
  private long heardAt;
  private long afterReset;
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
   * @param resetAt when the server may take more
   * @param afterReset how much may run from then on, until its next word
   * @param cost what the request takes that brought the word; it still runs
   * @param askedAt the step at which that request was sent
   * @param steps gives the present step
   */
  ServerQuotaLimit(
      long remaining, long resetAt, long afterReset, long cost, long askedAt, LongSupplier steps) {
    this.remaining = remaining;
    this.resetAt = resetAt;
    this.afterReset = afterReset;
    this.cost = cost;
    this.askedAt = askedAt;
    this.steps = steps;
    this.heardAt = steps.getAsLong();
    this.unheard = -cost;
    this.heard = cost;
  }

  /** A word that does not say how much the server takes after the reset. */
  ServerQuotaLimit(long remaining, long resetAt, long cost, long askedAt, LongSupplier steps) {
    this(remaining, resetAt, Long.MAX_VALUE, cost, askedAt, steps);
  }

  /** No word has come yet. */
  static ServerQuotaLimit unheard(LongSupplier steps) {
    return new ServerQuotaLimit(Long.MAX_VALUE / 2, Long.MIN_VALUE, 0, 0, steps);
  }

  @Override
  public long readyAt(long now, long amount) {
    if (now >= resetAt) {
      return running == 0 || amount <= afterReset - running ? now : NEVER;
    }
    return unheard + amount <= remaining ? now : resetAt;
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

  /**
   * Of a request whose response has arrived, the report counts what the server took; what it gives
   * back, its next report says. One that is settled to nothing has been taken back.
   */
  @Override
  public void settle(long startedAt, long now, long from, long to) {
    boolean isHeard = to > 0 && heard >= from;
    if (isHeard) {
      heard += to - from;
    }
    unheard += isHeard ? Math.max(0, to - from) : to - from;
    running += to - from;
  }

  @Override
  public long available(long now) {
    return now < resetAt
        ? Math.max(0, remaining - unheard)
        : afterReset == Long.MAX_VALUE ? afterReset : Math.max(0, afterReset - running);
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
    boolean mayBeEarlier = askedAt < last.heardAt;
    boolean isReset = now >= last.resetAt;
    boolean isKept = mayBeEarlier && (isReset ? last.afterReset : last.remaining) < remaining;
    // Two reports may reach their throttle in another order than they were read.
    heardAt = isKept && isReset ? last.heardAt : steps.getAsLong();
    unheard = (mayBeEarlier && !isReset ? last.unheard : running - last.heard) - cost;
    heard = last.heard + cost;
    if (isKept) {
      remaining = last.remaining;
      resetAt = last.resetAt;
      afterReset = last.afterReset;
    }
    return true;
  }

  /** The rule as text. */
  @Override
  public String toString() {
    return "the server's quota";
  }
}
