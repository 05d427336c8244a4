package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.time.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
public interface Throttle extends ThrottledCalls {

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

  /** Creates a throttle of an exact window. */
  static Throttle of(Rate rate) {
    return builder().rate(rate).build();
  }

  /**
   * Creates a throttle of an exact window.
   *
   * @param permits how many may start in each period, as {@link Rate#of(long, Duration)} takes them
   * @param period how long it is
   * @throws IllegalArgumentException if one of them is out of range
   */
  static Throttle of(long permits, Duration period) {
    return of(Rate.of(permits, period));
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
    return new KeyedThrottle<>(key -> QueuedThrottle.forKey(key, maker.apply(key)));
  }

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
  @Override
  Optional<Permit> tryAcquire(Cost cost, Duration timeout) throws InterruptedException;

  /**
   * Waits without a thread. The future is completed when {@code cost} may start, in a thread of its
   * own. Cancelling it, or completing it in any other way, leaves the queue. It fails with the
   * exceptions that {@link #acquire(Cost)} throws.
   *
   * @throws IllegalArgumentException if the cost can never be met or names an unknown budget
   */
  @Override
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
    Cost.permits(most);
    Optional<Permit> permit = Optional.empty();
    long amount = Math.min(most, snapshot().available());
    while (permit.isEmpty() && amount > 0) {
      permit = tryAcquire(Cost.permits(amount));
      amount /= 2; // others were faster
    }
    return permit;
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
    boolean interrupted = Thread.interrupted();
    long since = timeSource().nanoTime();
    Throttle place = this;
    try {
      while (true) {
        try {
          return place.acquire(cost);
        } catch (InterruptedException e) {
          interrupted = true;
          // The interrupt has ended its wait: a head start of that puts it back to where it was.
          long waited = Durations.minus(timeSource().nanoTime(), since);
          place = withPriority(Duration.ofNanos(waited));
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
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
}
