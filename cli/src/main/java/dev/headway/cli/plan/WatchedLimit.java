package dev.headway.cli.plan;

import dev.headway.limit.Limit;
import java.util.stream.LongStream;

/** A limit that remembers since when it has let the next request start which it had held up. */
final class WatchedLimit implements Limit {

  /** Before all instants. */
  static final long NEVER_HELD = -1;

  private final String name;
  private final Limit limit;
  private long heldUntil = NEVER_HELD;
  private long readySince = NEVER_HELD;

  /** Watches a limit, which is reported by a name. */
  WatchedLimit(String name, Limit limit) {
    this.name = name;
    this.limit = limit;
  }

  String name() {
    return name;
  }

  /**
   * When it last stopped to hold up a request since {@link #forget}; {@link #NEVER_HELD} if it has
   * not.
   */
  long readySince() {
    return readySince;
  }

  /** How much later one, and as much as ever, could start; without a trace. */
  LongStream state(long now) {
    return LongStream.of(1, limit.capacity())
        .map(amount -> limit.readyAt(now, amount))
        .map(ready -> ready == NEVER ? NEVER : ready - now);
  }

  void forget() {
    readySince = NEVER_HELD;
  }

  @Override
  public long readyAt(long now, long amount) {
    long ready = limit.readyAt(now, amount);
    if (ready > now) {
      heldUntil = ready;
    } else if (heldUntil != NEVER_HELD) {
      // Where another held it up for longer, this may have been ready before it was asked again.
      readySince = Math.min(heldUntil, now);
      heldUntil = NEVER_HELD;
    }
    return ready;
  }

  @Override
  public void start(long now, long amount) {
    limit.start(now, amount);
  }

  @Override
  public void end(long startedAt, long now, long amount) {
    limit.end(startedAt, now, amount);
  }

  @Override
  public void delay(long startedAt, long now, long amount) {
    limit.delay(startedAt, now, amount);
  }

  @Override
  public void settle(long startedAt, long now, long from, long to) {
    limit.settle(startedAt, now, from, to);
  }

  @Override
  public long capacity() {
    return limit.capacity();
  }

  @Override
  public long available(long now) {
    return limit.available(now);
  }

  @Override
  public long forecast(long now, long ahead, long amount) {
    return limit.forecast(now, ahead, amount);
  }

  @Override
  public boolean idle(long now) {
    return limit.idle(now);
  }

  @Override
  public long periodNanos() {
    return limit.periodNanos();
  }

  /** The rule as text. */
  @Override
  public String toString() {
    return limit.toString();
  }
}
