package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.Rule;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

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
public abstract class ForwardingThrottle implements Throttle {

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
  public String name() {
    return delegate.name();
  }

  @Override
  public TimeSource timeSource() {
    return delegate.timeSource();
  }

  @Override
  public Permit acquire(Cost cost) throws InterruptedException {
    return delegate.acquire(cost);
  }

  @Override
  public Optional<Permit> tryAcquire(Cost cost) {
    return delegate.tryAcquire(cost);
  }

  @Override
  public Optional<Permit> tryAcquire(Cost cost, Duration timeout) throws InterruptedException {
    return delegate.tryAcquire(cost, timeout);
  }

  @Override
  public Optional<Permit> tryAcquireUpTo(long most) {
    return delegate.tryAcquireUpTo(most);
  }

  @Override
  public CompletableFuture<Permit> acquireAsync(Cost cost) {
    return delegate.acquireAsync(cost);
  }

  @Override
  public Throttle withPriority(Duration headStart) {
    return delegate.withPriority(headStart);
  }

  @Override
  public <K> KeyedThrottle<K> keyed(BiConsumer<? super K, ? super LimitsUpdate> rules) {
    return delegate.keyed(rules);
  }

  @Override
  public boolean isLocked() {
    return delegate.isLocked();
  }

  @Override
  public Snapshot snapshot() {
    return delegate.snapshot();
  }

  @Override
  public void pauseFor(Duration duration) {
    delegate.pauseFor(duration);
  }

  @Override
  public void pauseFor(ThrottledException told) {
    delegate.pauseFor(told);
  }

  @Override
  public void pause() {
    delegate.pause();
  }

  @Override
  public void resume() {
    delegate.resume();
  }

  @Override
  public void close() {
    delegate.close();
  }

  @Override
  public void update(List<Rule> rules, boolean dropOthers) {
    delegate.update(rules, dropOthers);
  }

  /** The delegate's text. */
  @Override
  public String toString() {
    return delegate.toString();
  }
}
