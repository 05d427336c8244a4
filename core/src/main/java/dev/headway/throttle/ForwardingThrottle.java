package dev.headway.throttle;

import org.jspecify.annotations.Nullable;

/**
 * A throttle that forwards every call to another one: the base of decorators, which override the
 * methods that they change.
 *
 * <p>The short forms ({@code acquire()}, {@code call}, {@code function} and the like) are built on
 * the methods here, so that a decorator overrides all forms of a method at once. {@link
 * #withPriority} and {@link #keyed} return the delegate's throttles, which are not decorated. A
 * {@link ThrottledException} pauses the delegate.
 *
 * <pre>{@code
 * final class Counting extends ForwardingThrottle {
 *   final LongAdder calls = new LongAdder();
 *
 *   Counting(Throttle delegate) {
 *     super(delegate);
 *   }
 *
 *   @Override
 *   public Permit acquire(Cost cost) throws InterruptedException {
 *     calls.increment();
 *     return super.acquire(cost);
 *   }
 * }
 * }</pre>
 */
public abstract class ForwardingThrottle extends IndirectThrottle {

  private final Throttle delegate;

  /** Creates a throttle that forwards to {@code delegate}. */
  protected ForwardingThrottle(Throttle delegate) {
    this.delegate = delegate;
  }

  /** The throttle that gets the calls. */
  protected final Throttle delegate() {
    return delegate;
  }

  @Override
  <T extends @Nullable Object, X extends Exception> T use(Use<T, X> use) throws X {
    return use.of(delegate);
  }
}
