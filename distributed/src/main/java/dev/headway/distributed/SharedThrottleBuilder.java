package dev.headway.distributed;

import dev.headway.limit.Limit;
import dev.headway.throttle.AbstractThrottleBuilder;
import dev.headway.throttle.PriorStart;
import dev.headway.time.Durations;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;

/** Builds a throttle whose limits are shared by many processes. */
public final class SharedThrottleBuilder extends AbstractThrottleBuilder<SharedThrottleBuilder> {

  private static final Duration SHORTEST_LEASE = Duration.ofMillis(100);
  private static final Duration LONGEST_LEASE = Duration.ofDays(1);

  private final Store store;
  private final String limit;
  private Duration lease = Duration.ofSeconds(10);
  private Duration timeout = Duration.ofSeconds(3);
  private int localShare;

  private SharedThrottleBuilder(Store store, String name) {
    super(name);
    this.store = store;
    this.limit = name;
  }

  /**
   * Starts to build a throttle that shares its limits on a store, with all others of the same name.
   *
   * @param store the store that decides; the throttle closes it
   * @param name the name of the limits, any text
   */
  public static SharedThrottleBuilder on(Store store, String name) {
    return new SharedThrottleBuilder(store, name);
  }

  /**
   * The silence after which a process counts as dead and its permits end; 10 seconds by default. A
   * process renews its lease three times as often as it must.
   *
   * @param lease 100 milliseconds to a day
   * @throws IllegalArgumentException if it is out of range
   */
  public SharedThrottleBuilder lease(Duration lease) {
    if (lease.compareTo(SHORTEST_LEASE) < 0 || lease.compareTo(LONGEST_LEASE) > 0) {
      throw new IllegalArgumentException(
          "a lease must be "
              + Durations.print(SHORTEST_LEASE)
              + " to "
              + Durations.print(LONGEST_LEASE)
              + ", not "
              + Durations.print(lease));
    }
    this.lease = lease;
    return this;
  }

  /**
   * How long callers wait for a store that does not answer, while the request is repeated; 3
   * seconds by default.
   *
   * @param timeout longer than zero
   * @throws IllegalArgumentException if it is not
   */
  public SharedThrottleBuilder timeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "a time-out must be longer than 0, not " + Durations.print(timeout));
    }
    this.timeout = timeout;
    return this;
  }

  /**
   * Continues with a part of the limits while the store does not answer: with 4 processes, one
   * quarter of each. At first it reuses only capacity freed by its own starts; once the starts of
   * others must have left the windows, it uses its whole part. The store learns of its starts when
   * it is back. By default callers get a {@link StoreUnavailableException}.
   *
   * @param processes the maximum of processes that share the limits, 1 to 1,000,000
   * @throws IllegalArgumentException if it is out of range
   */
  public SharedThrottleBuilder localShare(int processes) {
    if (processes < 1 || processes > 1_000_000) {
      throw new IllegalArgumentException("1 to 1000000 processes may share, not " + processes);
    }
    this.localShare = processes;
    return this;
  }

  /** A limit of your own that counts the permits of this process alone. */
  @Override
  public SharedThrottleBuilder limit(Limit limit) {
    return super.limit(limit);
  }

  /**
   * Not supported.
   *
   * @throws IllegalArgumentException always: the store remembers earlier starts itself
   */
  @Override
  public SharedThrottleBuilder past(Collection<PriorStart> works) {
    throw new IllegalArgumentException(
        "what was started before is known to the store of a shared limit; leave out past(...)");
  }

  /**
   * Builds a throttle with all limits given. They replace, for all processes, the limits of earlier
   * throttles of the same name.
   *
   * @throws IllegalArgumentException if {@code maxWaiting} and {@code maxWait} contradict each
   *     other: one is 0, so no caller waits, and the other is not
   */
  @Override
  public SharedThrottle build() {
    String member = UUID.randomUUID().toString();
    WakeUpRegistry wakes = new WakeUpRegistry();
    SharedSettings sharing = new SharedSettings(store, member, wakes, lease, timeout, localShare);
    store.listen(member, wakes::wake);
    SharedLimits remote = new SharedLimits(limit, rules(), sharing);
    return new SharedThrottle(build(remote), remote);
  }

  @Override
  protected SharedThrottleBuilder self() {
    return this;
  }
}
