package dev.headway.throttle;

/** Builds a throttle of this process. */
public final class ThrottleBuilder extends WaitingBuilder<ThrottleBuilder> {

  ThrottleBuilder() {
    super("throttle");
  }

  /**
   * A throttle that meets all the rules given, or, if there are none, lets everything through.
   *
   * @throws IllegalArgumentException if {@code maxWaiting} and {@code maxWait} contradict each
   *     other: one lets nobody wait, the other says how it is done
   */
  @Override
  public Throttle build() {
    return QueuedThrottle.of(settings(), rules());
  }

  @Override
  protected ThrottleBuilder self() {
    return this;
  }
}
