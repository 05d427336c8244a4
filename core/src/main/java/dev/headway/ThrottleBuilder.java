package dev.headway;

import dev.headway.throttle.LocalThrottle;
import dev.headway.throttle.Settings;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.Optional;

/** Builds a throttle of this process. */
public final class ThrottleBuilder extends RuleBuilder<ThrottleBuilder> {

  private String name = "throttle";
  private long maxWaiting = Long.MAX_VALUE;
  private Optional<Duration> maxWait = Optional.empty();
  private ThrottleListener listener = Settings.SILENT;
  private TimeSource time = TimeSource.system();

  ThrottleBuilder() {}

  /** A name for people: it appears in snapshots, listeners and messages. */
  public ThrottleBuilder name(String name) {
    this.name = name;
    return this;
  }

  /**
   * How many callers may stand in line; any more get a {@link QueueFullException}. 0 lets nobody
   * wait.
   *
   * @throws IllegalArgumentException if it is below 0
   */
  public ThrottleBuilder maxWaiting(long most) {
    if (most < 0) {
      throw new IllegalArgumentException("maxWaiting must be at least 0, not " + most);
    }
    this.maxWaiting = most;
    return this;
  }

  /**
   * How long a caller may stand in line. One that would have to wait longer, as far as the rules
   * can tell, gets a {@link WaitTooLongException} at once; one that has waited for so long gets an
   * {@link AcquireTimeoutException}.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public ThrottleBuilder maxWait(Duration longest) {
    if (longest.isNegative()) {
      throw new IllegalArgumentException("maxWait must not be negative: " + longest);
    }
    this.maxWait = Optional.of(longest);
    return this;
  }

  /** Hears what the throttle does. */
  public ThrottleBuilder listener(ThrottleListener listener) {
    this.listener = listener;
    return this;
  }

  /** Where the throttle's time comes from; the machine's unless given. */
  public ThrottleBuilder timeSource(TimeSource time) {
    this.time = time;
    return this;
  }

  /**
   * A throttle that meets all the rules given, or, if there are none, lets everything through.
   *
   * @throws IllegalArgumentException if {@code maxWaiting} and {@code maxWait} contradict each
   *     other: one lets nobody wait, the other says how it is done
   */
  public Throttle build() {
    checkWaiting();
    return LocalThrottle.of(new Settings(name, maxWaiting, maxWait, listener, time), rules());
  }

  private void checkWaiting() {
    boolean limited = maxWaiting != Long.MAX_VALUE && maxWait.isPresent();
    if (limited && (maxWaiting == 0) != maxWait.get().isZero()) {
      throw new IllegalArgumentException(
          "maxWaiting("
              + maxWaiting
              + ") and maxWait("
              + maxWait.get()
              + ") contradict each other: one lets nobody wait; leave out the other");
    }
  }

  @Override
  ThrottleBuilder self() {
    return this;
  }

  @Override
  long clockAtZero() {
    return Limits.clockAtZero(time);
  }

  @Override
  long now() {
    return time.nanoTime();
  }
}
