package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Limits when callers may start. It enforces one or more limits together, in arrival order. Callers
 * wait for a {@link Permit}:
 *
 * <pre>{@code
 * Throttle api = Throttle.of("100/m", "5/s");
 * try (Permit permit = api.acquire()) {
 *   fetch(url);
 * }
 * }</pre>
 *
 * <p>A caller waits only while the limits would not let it start. All limits are met at one instant
 * or none is charged. A large request is not overtaken by small ones behind it. A caller that is
 * interrupted, times out or is cancelled has consumed nothing, and the next moves up at once.
 *
 * <p>A throttle is safe for use by many threads.
 */
public interface Throttle extends Decorators {

  /**
   * Creates a throttle of exact windows: no interval of a rate's period, at any position, holds
   * more starts than the rate.
   *
   * @param rates as {@link Rate#parse} reads them, at least one
   * @throws IllegalArgumentException if one is not a rate or there is none
   */
  static Throttle of(String... rates) {
    if (rates.length == 0) {
      throw new IllegalArgumentException(
          "a throttle needs a rate, such as \"100/m\"; unlimited() lets everything through");
    }
    ThrottleBuilder builder = builder();
    for (String rate : rates) {
      builder.rate(rate);
    }
    return builder.build();
  }

  /** Starts to build a throttle with any limits. */
  static ThrottleBuilder builder() {
    return new ThrottleBuilder();
  }

  /**
   * A throttle without limits. It counts no permits: its snapshot shows none, and limits that an
   * update adds do not count earlier ones.
   */
  static Throttle unlimited() {
    return QueuedThrottle.unlimited();
  }

  /**
   * Independent throttles, one per key, each created on first use and forgotten when idle.
   *
   * @param maker creates the throttle of a key
   * @param <K> keys, with {@code equals} and {@code hashCode}
   */
  static <K> KeyedThrottle<K> keyed(Function<? super K, ? extends Throttle> maker) {
    return new KeyedThrottle<>(maker);
  }

  /** The name, for people. */
  @Override
  String name();

  /** The time source of this throttle. */
  TimeSource timeSource();

  /**
   * Waits until {@code cost} may start.
   *
   * @throws InterruptedException if the thread is or gets interrupted; nothing is consumed then
   * @throws QueueFullException if {@code maxWaiting} callers wait already
   * @throws WaitTooLongException if the wait would be longer than {@code maxWait}
   * @throws AcquireTimeoutException if the wait has taken longer than {@code maxWait}
   * @throws ThrottleClosedException if the throttle is or gets closed
   * @throws IllegalArgumentException if the cost can never be met or names an unknown budget
   */
  @Override
  Permit acquire(Cost cost) throws InterruptedException;

  /**
   * Takes a permit if the cost can start now and no caller waits for it. Never waits.
   *
   * @return empty if it cannot start now
   * @throws IllegalArgumentException if the cost can never be met or names an unknown budget
   */
  Optional<Permit> tryAcquire(Cost cost);

  /**
   * Waits until {@code cost} may start, but no longer than {@code timeout}.
   *
   * @return empty if it could not start in time; nothing is consumed then
   * @throws InterruptedException if the thread is or gets interrupted; nothing is consumed then
   * @throws QueueFullException if {@code maxWaiting} callers wait already
   * @throws WaitTooLongException if the wait would be longer than {@code maxWait}
   * @throws ThrottleClosedException if the throttle is or gets closed
   * @throws IllegalArgumentException if the cost can never be met or names an unknown budget
   */
  Optional<Permit> tryAcquire(Cost cost, Duration timeout) throws InterruptedException;

  /**
   * Waits without a thread. The future is completed when {@code cost} may start, in a thread of its
   * own. Cancelling it, or completing it in any other way, leaves the queue. It fails with the
   * exceptions that {@link #acquire(Cost)} throws.
   *
   * @throws IllegalArgumentException if the cost can never be met or names an unknown budget
   */
  CompletableFuture<Permit> acquireAsync(Cost cost);

  /**
   * This throttle for callers of another priority. Each of them counts as having arrived earlier by
   * {@code headStart}, or later if it is negative.
   *
   * <p>Callers of one priority stay in order, and none starves: one that has waited longer than
   * another's head start goes before it. Limits are the same for all. A priority of a priority adds
   * its head start.
   *
   * <pre>{@code
   * Throttle people = api.withPriority(Duration.ofSeconds(30));
   * Throttle nightly = api.withPriority(Duration.ofHours(-1));
   * }</pre>
   *
   * @param headStart at most 36,500 days in either direction; a sum is cut to that
   * @throws IllegalArgumentException if it is more
   */
  Throttle withPriority(Duration headStart);

  /**
   * Throttles, one per key, that share this one's limits and queue. A caller that waits for its
   * key's own limits does not delay others.
   *
   * @param rules adds the limits of a key; all of them use this throttle's time
   * @param <K> keys, with {@code equals} and {@code hashCode}
   */
  <K> KeyedThrottle<K> keyed(BiConsumer<? super K, ? super LimitsUpdate> rules);

  /** Whether a caller for one permit would have to wait now. */
  default boolean isLocked() {
    return snapshot().untilNextStart().map(Duration::isPositive).orElse(true);
  }

  /** The state of this throttle now, as values that never change. */
  Snapshot snapshot();

  /**
   * Pauses: no caller starts for this duration from now, or until an earlier pause ends if that is
   * later.
   *
   * @throws IllegalArgumentException if the duration is negative
   */
  void pauseFor(Duration duration);

  /** Pauses for one period of the longest rate, or for a second if there is none. */
  void pause();

  /**
   * Ends a pause. Callers that wait start as the limits allow. An ended pause leaves no trace.
   *
   * @throws UnsupportedOperationException if the throttle is shared: its pause holds in all
   *     processes
   */
  void resume();

  /**
   * Closes this throttle. Callers that wait, and all later ones, get a {@link
   * ThrottleClosedException}. Open permits stay valid. Does nothing the second time.
   *
   * <p>A throttle need not be closed: it holds no resource. Its keys are closed with it.
   */
  void close();

  /**
   * Pauses as the exception says, or as {@link #pause} if it gives no duration. Does nothing the
   * second time for one exception, so an exception that passes through several calls pauses once.
   */
  @Override
  default void pauseFor(ThrottledException told) {
    if (told.isFirstFor(this)) {
      told.retryAfter().ifPresentOrElse(this::pauseFor, this::pause);
    }
  }

  /**
   * Changes the limits while callers wait. They keep their places, and past starts count under the
   * new limits. A caller whose cost can now never be met gets an {@link IllegalArgumentException}.
   *
   * @param change gives the new limits: each replaces those of the same kind; a named rate its
   *     namesake, a rate without a name all rates without one
   */
  default void update(Consumer<? super LimitsUpdate> change) {
    LimitsUpdate limits = new LimitsUpdate(timeSource());
    change.accept(limits);
    update(limits.rules(), limits.dropsOthers());
  }

  /**
   * Changes the limits while callers wait, as {@link #update(Consumer)}.
   *
   * @param rules the new limits; each replaces those of the same kind, name and currency
   * @param dropOthers whether limits of other kinds are dropped
   */
  void update(List<Rule> rules, boolean dropOthers);

  /** Waits for one permit, as {@link #acquire(Cost)}. */
  default Permit acquire() throws InterruptedException {
    return acquire(Cost.one());
  }

  /** Waits for this many permits, as {@link #acquire(Cost)}. */
  default Permit acquire(long permits) throws InterruptedException {
    return acquire(Cost.permits(permits));
  }

  /**
   * Takes all permits that can start now, up to a maximum, as one permit.
   *
   * @param most 1 to 10<sup>15</sup>
   * @return a permit whose cost has their number; empty if none can start now
   * @throws IllegalArgumentException if {@code most} is out of range
   */
  default Optional<Permit> tryAcquireUpTo(long most) {
    return Acquisition.upTo(this, most);
  }

  /** Waits for one permit, as {@link #acquireUninterruptibly(Cost)}. */
  default Permit acquireUninterruptibly() {
    return acquireUninterruptibly(Cost.one());
  }

  /**
   * Waits until {@code cost} may start, as {@link #acquire(Cost)}, but ignores interrupts. The
   * thread is interrupted again when this returns or throws. It keeps its place in the queue; each
   * interrupt restarts its {@code maxWait}.
   */
  default Permit acquireUninterruptibly(Cost cost) {
    return Acquisition.uninterruptibly(this, cost);
  }

  /** Takes one permit if it can start now, as {@link #tryAcquire(Cost)}. */
  default Optional<Permit> tryAcquire() {
    return tryAcquire(Cost.one());
  }

  /** Takes this many permits if they can start now, as {@link #tryAcquire(Cost)}. */
  default Optional<Permit> tryAcquire(long permits) {
    return tryAcquire(Cost.permits(permits));
  }

  /**
   * Waits for one permit, but no longer than {@code timeout}, as {@link #tryAcquire(Cost,
   * Duration)}.
   */
  default Optional<Permit> tryAcquire(Duration timeout) throws InterruptedException {
    return tryAcquire(Cost.one(), timeout);
  }

  /** Waits for this many permits, but no longer than {@code timeout}. */
  default Optional<Permit> tryAcquire(long permits, Duration timeout) throws InterruptedException {
    return tryAcquire(Cost.permits(permits), timeout);
  }

  /** Waits for one permit without a thread, as {@link #acquireAsync(Cost)}. */
  default CompletableFuture<Permit> acquireAsync() {
    return acquireAsync(Cost.one());
  }

  /** Waits for this many permits without a thread, as {@link #acquireAsync(Cost)}. */
  default CompletableFuture<Permit> acquireAsync(long permits) {
    return acquireAsync(Cost.permits(permits));
  }

  /**
   * Waits for a permit, does some work and closes the permit.
   *
   * @throws InterruptedException if interrupted while waiting
   * @throws X if the work throws it
   */
  default <T, X extends Exception> T call(CheckedSupplier<? extends T, ? extends X> work)
      throws InterruptedException, X {
    return call(Cost.one(), work);
  }

  /**
   * Waits until {@code cost} may start, does some work and closes the permit.
   *
   * @throws InterruptedException if interrupted while waiting
   * @throws X if the work throws it
   */
  default <T, X extends Exception> T call(Cost cost, CheckedSupplier<? extends T, ? extends X> work)
      throws InterruptedException, X {
    return ThrottledCall.under(acquire(cost), this::pauseFor, work);
  }

  /**
   * Waits for a permit and does some work within a time, as {@link #call(Cost, CheckedSupplier,
   * Duration)}.
   *
   * @throws X if the work throws it
   */
  default <T, X extends Exception> T call(
      CheckedSupplier<? extends T, ? extends X> work, Duration timeout)
      throws InterruptedException, TimeoutException, X {
    return call(Cost.one(), work, timeout);
  }

  /**
   * Waits until {@code cost} may start, does some work and closes the permit, within a time.
   *
   * <p>The calling thread does the work and is interrupted when the time is up. This returns when
   * the work has ended: work that ignores interrupts delays it, and ends in a {@code
   * TimeoutException} too. The work's own exception is the cause.
   *
   * <p>The interrupt of the timeout never outlasts the call. Any other interrupt stays pending,
   * unless it comes between the timeout's interrupt and the work's reaction to it.
   *
   * @param timeout for the wait and the work together
   * @throws InterruptedException if interrupted while waiting; nothing is consumed then
   * @throws AcquireTimeoutException if the wait took the whole time, or longer than {@code
   *     maxWait}; nothing is consumed then
   * @throws QueueFullException if {@code maxWaiting} callers wait already
   * @throws WaitTooLongException if the wait would be longer than {@code maxWait}
   * @throws ThrottleClosedException if the throttle is or gets closed
   * @throws TimeoutException if the work has started but not ended in time
   * @throws IllegalArgumentException if the timeout is not positive, or the cost can never be met
   *     or names an unknown budget
   * @throws X if the work throws it
   */
  default <T, X extends Exception> T call(
      Cost cost, CheckedSupplier<? extends T, ? extends X> work, Duration timeout)
      throws InterruptedException, TimeoutException, X {
    TimedCall timed = new TimedCall(name(), timeSource(), this::pauseFor, timeout);
    return timed.call(tryAcquire(cost, timeout), work);
  }

  /** Waits for a permit, works and closes the permit, as {@link #call(CheckedSupplier)}. */
  default <X extends Exception> void run(CheckedRunnable<? extends X> work)
      throws InterruptedException, X {
    run(Cost.one(), work);
  }

  /** Does some work within a cost, as {@link #call(Cost, CheckedSupplier)}, without a result. */
  default <X extends Exception> void run(Cost cost, CheckedRunnable<? extends X> work)
      throws InterruptedException, X {
    this.<Throttle, X>call(cost, ThrottledCall.returning(this, work));
  }

  /** Does some work within a time, as {@link #call(CheckedSupplier, Duration)}. */
  default <X extends Exception> void run(CheckedRunnable<? extends X> work, Duration timeout)
      throws InterruptedException, TimeoutException, X {
    run(Cost.one(), work, timeout);
  }

  /** Does some work within a time, as {@link #call(Cost, CheckedSupplier, Duration)}. */
  default <X extends Exception> void run(
      Cost cost, CheckedRunnable<? extends X> work, Duration timeout)
      throws InterruptedException, TimeoutException, X {
    this.<Throttle, X>call(cost, ThrottledCall.returning(this, work), timeout);
  }

  /** Makes an asynchronous call, as {@link #callAsync(Cost, CheckedSupplier)}, for one permit. */
  default <T> CompletableFuture<T> callAsync(
      CheckedSupplier<? extends CompletionStage<T>, ?> call) {
    return callAsync(Cost.one(), call);
  }

  /**
   * Waits for a permit without a thread, then makes an asynchronous call. The permit is current
   * while {@code call} runs, and is closed when the stage that it returns ends.
   *
   * <p>If the permit is granted at once, {@code call} runs in the calling thread, otherwise in a
   * thread of its own. The future ends as the stage does; if {@code call} throws, with that
   * exception; if no permit is granted, as {@link #acquireAsync(Cost)} fails. Cancelling the future
   * gives up the place in the queue, or, once the call has started, cancels the stage if that is a
   * {@link java.util.concurrent.Future}.
   *
   * @throws IllegalArgumentException if the cost can never be met or names an unknown budget
   */
  default <T> CompletableFuture<T> callAsync(
      Cost cost, CheckedSupplier<? extends CompletionStage<T>, ?> call) {
    return new AsyncCall<T>(this::pauseFor, call).start(acquireAsync(cost));
  }
}
