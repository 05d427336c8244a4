package dev.headway.distributed;

import dev.headway.limit.Rule;
import dev.headway.throttle.ForwardingThrottle;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.LimitsUpdate;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleClosedException;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A throttle whose limits are shared by all processes that use the same name on the same store. It
 * keeps the promises of every throttle, for all processes together, with these differences:
 *
 * <ul>
 *   <li>Arrival order holds within a process. Between waiting processes, permits alternate: with
 *       equal demand each gets the same number. Priorities hold within a process.
 *   <li>A window of up to 1,000 permits is exact to the microsecond. A larger one counts starts at
 *       the end of their thousandth of the period, so it stores at most 1,001 numbers; it is never
 *       exceeded, and a start may be late by a thousandth of the period.
 *   <li>{@link #tryAcquire()} asks the store, which takes a round trip.
 *   <li>A permit is a lease. It is renewed while it is held. If its process dies or cannot reach
 *       the store, it ends with the lease and counts as having ended then.
 *   <li>Limits of your own ({@code limit}) hold for this process alone.
 *   <li>The limits given last, by a builder or an update, hold for all processes.
 *   <li>Snapshots and changes of the limits ask the store, and throw a {@link
 *       StoreUnavailableException} if it does not answer. So do waiting callers, unless the
 *       throttle has a local share.
 * </ul>
 *
 * <p>It holds connections, so it must be closed. It has no thread of its own while it is idle.
 */
public final class SharedThrottle extends ForwardingThrottle implements AutoCloseable {

  private final SharedLimits rules;

  SharedThrottle(Throttle throttle, SharedLimits rules) {
    super(throttle);
    this.rules = rules;
  }

  /** As for any throttle; the limits of a key are shared too. */
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
   * Not supported.
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
   * @throws StoreUnavailableException if the store does not confirm it in time; the request is
   *     repeated when the store is back
   */
  @Override
  public void update(List<Rule> rules, boolean dropOthers) {
    super.update(rules, dropOthers);
  }

  /**
   * Closes this throttle in this process, as for any throttle: callers that wait, and all later
   * ones, get a {@link ThrottleClosedException}. Reports ended permits to the store, if it can be
   * reached, and releases the connections. Open permits end with their lease.
   */
  @Override
  public void close() {
    super.close();
    rules.close();
  }
}
