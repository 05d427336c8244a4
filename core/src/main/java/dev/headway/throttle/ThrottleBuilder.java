package dev.headway.throttle;

/** Builds a throttle of this process. {@link ThrottleConfig} is its configuration as a value. */
public final class ThrottleBuilder extends AbstractThrottleBuilder<ThrottleBuilder> {

  ThrottleBuilder() {
    super("throttle");
  }

  /**
   * A throttle that meets all the rules given, or, if there are none, lets everything through.
   *
   * @throws IllegalArgumentException if {@code maxWaiting} and {@code maxWait} contradict each
   *     other: with 0 no caller waits, the other says how long
   */
  @Override
  public Throttle build() {
    return QueuedThrottle.of(settings(), rules());
  }

  /**
   * The configuration collected so far, as a value. A listener, a time source and past work are not
   * part of it. The builder stays as it is.
   *
   * @throws IllegalStateException if it has a limit of your own, which no value can describe
   * @throws IllegalArgumentException if {@code maxWaiting} and {@code maxWait} contradict each
   *     other
   */
  public ThrottleConfig config() {
    return new ThrottleConfig(settings(), collected());
  }

  @Override
  protected ThrottleBuilder self() {
    return this;
  }
}
