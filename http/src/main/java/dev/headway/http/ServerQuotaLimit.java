package dev.headway.http;

import dev.headway.limit.Limit;
import java.util.function.LongSupplier;

/**
 * What a server has said is left, until it is reset: a rule that only the server's next word
 * changes.
 *
 * <p>A request whose own word has not come may not have been counted when the server spoke, so it
 * is taken from what is left. Words may overtake each other: of two whose requests were under way
 * together the one that leaves less is the later, since what is left only shrinks until it is
 * reset; a word that was asked for after the last had come is the later in any case.
 */
final class ServerQuotaLimit implements Limit {

  private final long cost;
  private final long askedAt;
  private final LongSupplier steps;
  private long heardAt;
  private final long afterReset;
  private long remaining;
  private long resetAt;

  /** What has started, and may not be counted in what remains. */
  private long unheard;

  private long running;

  /** The part of it whose own word has come: its requests have been counted, and end soon. */
  private long heard;

  /**
   * A server's word.
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

  /** It has been heard of, or never will be. */
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
    // Two words may come to their throttle in another order than they were read in.
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
    return "the server's word";
  }
}
