package dev.headway.cli.model;

import dev.headway.limit.Counted;
import dev.headway.limit.Limit;
import dev.headway.limit.Rate;
import dev.headway.limit.SlidingWindow;
import dev.headway.limit.TokenBucket;

/**
 * A quota of output tokens. How many a call takes is known only when it has ended, and a provider
 * counts them as they are produced. Three limits hold together:
 *
 * <ul>
 *   <li>A window of what calls that started are expected to take, corrected when they end. It says
 *       how many calls start.
 *   <li>A bucket of the same rate. A window forgets after a period that outputs were longer than
 *       expected; the bucket does not, so in the long run no more is taken than the rate.
 *   <li>A window of what was produced, from its end on. It has room for a call, and for an eighth
 *       of what is in flight and 0.5 % of the rate, which may end while the call is on its way. So
 *       a provider that refuses calls while the last period's outputs use up the rate refuses none.
 * </ul>
 */
public final class OutputLimit implements Limit {

  private static final long PART_OF_RATE = 200;
  private static final long PART_IN_FLIGHT = 8;

  private final Rate rate;
  private final SlidingWindow expected;
  private final SlidingWindow produced;
  private final TokenBucket bucket;
  private long inFlight;

  /** A quota of {@code rate}. */
  public OutputLimit(Rate rate) {
    this.rate = rate;
    this.expected = new SlidingWindow(rate, Counted.FROM_START);
    this.produced = new SlidingWindow(rate, Counted.FROM_START);
    this.bucket = new TokenBucket(rate, rate.permits());
  }

  @Override
  public long readyAt(long now, long amount) {
    long room = amount + rate.permits() / PART_OF_RATE + inFlight / PART_IN_FLIGHT;
    return Math.max(
        Math.max(expected.readyAt(now, amount), bucket.readyAt(now, amount)),
        produced.readyAt(now, Math.min(room, rate.permits())));
  }

  @Override
  public void start(long now, long amount) {
    expected.start(now, amount);
    bucket.start(now, amount);
    inFlight += amount;
  }

  @Override
  public void delay(long startedAt, long now, long amount) {
    expected.delay(startedAt, now, amount);
  }

  @Override
  public void settle(long startedAt, long now, long from, long to) {
    expected.settle(startedAt, now, from, to);
    bucket.settle(startedAt, now, from, to);
    inFlight += to - from;
  }

  @Override
  public void end(long startedAt, long now, long amount) {
    produced.start(now, amount);
    inFlight -= amount;
  }

  @Override
  public long capacity() {
    return rate.permits();
  }

  @Override
  public long available(long now) {
    return Math.min(expected.available(now), produced.available(now));
  }

  @Override
  public long forecast(long now, long ahead, long amount) {
    return expected.forecast(now, ahead, amount);
  }

  @Override
  public boolean idle(long now) {
    return inFlight == 0 && expected.idle(now) && produced.idle(now) && bucket.idle(now);
  }

  @Override
  public long periodNanos() {
    return expected.periodNanos();
  }

  /** The rule as text, such as {@code 60000/m as produced}. */
  @Override
  public String toString() {
    return rate + " as produced";
  }
}
