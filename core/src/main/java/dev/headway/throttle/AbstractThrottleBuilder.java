package dev.headway.throttle;

import dev.headway.throttle.spi.RemoteLimits;
import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.Optional;

/**
 * The options that all throttle builders have: the limits, how callers wait, and a listener.
 *
 * @param <B> the type that each method returns, for chaining
 */
public abstract non-sealed class AbstractThrottleBuilder<B extends AbstractThrottleBuilder<B>>
    extends LimitsBuilder<B> {

  private String name;
  private long maxWaiting = Long.MAX_VALUE;
  private Optional<Duration> maxWait = Optional.empty();
  private ThrottleListener listener = Settings.SILENT;
  private TimeSource time = TimeSource.system();

  /**
   * Begins a throttle.
   *
   * @param name its name for people
   */
  protected AbstractThrottleBuilder(String name) {
    this.name = name;
  }

  /** The name that appears in snapshots, events and messages. */
  public B name(String name) {
    this.name = name;
    return self();
  }

  /**
   * The most callers that may wait; any more get a {@link QueueFullException}. With 0 no caller
   * waits.
   *
   * @throws IllegalArgumentException if it is below 0
   */
  public B maxWaiting(long most) {
    if (most < 0) {
      throw new IllegalArgumentException("maxWaiting must be at least 0, not " + most);
    }
    this.maxWaiting = most;
    return self();
  }

  /**
   * How long a caller may wait. One that would have to wait longer, as far as the limits can tell,
   * gets a {@link WaitTooLongException} at once; one that has waited for so long gets an {@link
   * AcquireTimeoutException}.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public B maxWait(Duration longest) {
    if (longest.isNegative()) {
      throw new IllegalArgumentException(
          "maxWait must not be negative: " + Durations.print(longest));
    }
    this.maxWait = Optional.of(longest);
    return self();
  }

  /** Hears what the throttle does. */
  public B listener(ThrottleListener listener) {
    this.listener = listener;
    return self();
  }

  /** The source of time; the time of this machine by default. */
  public B timeSource(TimeSource time) {
    this.time = time;
    return self();
  }

  /**
   * A throttle that meets all the rules given.
   *
   * @throws IllegalArgumentException if {@code maxWaiting} and {@code maxWait} contradict each
   *     other: with 0 no caller waits, the other says how long
   */
  public abstract Throttle build();

  /**
   * A throttle whose limits are decided on elsewhere, such as by a store.
   *
   * @throws IllegalArgumentException if {@code maxWaiting} and {@code maxWait} contradict each
   *     other
   */
  @SuppressWarnings("exports") // for the modules that have remote limits
  protected final Throttle build(RemoteLimits remote) {
    return QueuedThrottle.remote(settings(), remote);
  }

  /**
   * What was collected.
   *
   * @throws IllegalArgumentException if {@code maxWaiting} and {@code maxWait} contradict each
   *     other
   */
  Settings settings() {
    checkWaiting();
    return new Settings(name, Optional.empty(), maxWaiting, maxWait, listener, time);
  }

  private void checkWaiting() {
    boolean limited = maxWaiting != Long.MAX_VALUE && maxWait.isPresent();
    if (limited && (maxWaiting == 0) != maxWait.get().isZero()) {
      throw new IllegalArgumentException(
          "maxWaiting(%d) and maxWait(%s) contradict each other: with 0 no caller waits; leave out the other"
              .formatted(maxWaiting, Durations.print(maxWait.get())));
    }
  }

  @Override
  TimeSource time() {
    return time;
  }
}
