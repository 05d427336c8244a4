package dev.headway.distributed;

import dev.headway.limit.Rule;
import dev.headway.throttle.ForwardingThrottle;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.LimitsUpdate;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A throttle whose limits hold for all processes that use one of the same name on the same store.
 * What it promises is what every throttle promises, for all of them together, but for this:
 *
 * <ul>
 *   <li>First come first served holds within a process. Between processes that wait, permits go
 *       round: with equal demand each gets as many. Priorities hold within a process.
 *   <li>A window of up to 1,000 permits is exact to the microsecond. One of more counts starts at
 *       the end of the thousandth of its period that they fall in, so that it remembers at most
 *       1,001 numbers; it is never exceeded, and a start may come a thousandth of the period late.
 *   <li>{@link #tryAcquire()} asks the store, which takes a round trip.
 *   <li>A permit is a lease. It is renewed as long as it is held; where its process dies, or does
 *       not reach the store, it ends with the lease, and counts as having ended then.
 *   <li>Rules of one's own ({@code limit}) hold for this process alone.
 *   <li>The rules given last, by building or by updating, hold for all processes.
 *   <li>The snapshot and what changes the rules ask the store, and throw a {@link
 *       StoreUnavailableException} where it does not answer. So do callers that wait, unless the
 *       throttle was built with a local share.
 * </ul>
 *
 * <p>It holds connections, so it is to be closed. It has no thread of its own while it is idle.
 */
public final class SharedThrottle extends ForwardingThrottle implements AutoCloseable {

  private final SharedLimits rules;

  SharedThrottle(Throttle throttle, SharedLimits rules) {
    super(throttle);
    this.rules = rules;
  }

  /** As for any throttle; the rules of a key hold for all processes too. */
  @Override
  public <K> KeyedThrottle<K> keyed(BiConsumer<? super K, ? super LimitsUpdate> rules) {
    return super.keyed(rules);
  }

  /** As for any throttle, for all processes. Returns before the others know. */
  @Override
  public void pauseFor(Duration duration) {
    super.pauseFor(duration);
  }

  /**
   * Refuses.
   *
   * @throws UnsupportedOperationException always: the pause holds in all processes
   */
  @Override
  public void resume() {
    super.resume();
  }

  /**
   * As for any throttle, for all processes.
   *
   * @throws StoreUnavailableException if the store does not confirm it in time; it is told again as
   *     soon as it can be reached
   */
  @Override
  public void update(List<Rule> rules, boolean dropOthers) {
    super.update(rules, dropOthers);
  }

  /**
   * Tells the store, if it can be reached, what has ended, and gives the connections back. What is
   * still held ends with its lease. Callers that wait, and all that come later, get an {@link
   * IllegalStateException}.
   */
  @Override
  public void close() {
    rules.close();
  }
}
