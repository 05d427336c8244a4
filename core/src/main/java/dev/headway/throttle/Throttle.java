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
 * What callers wait on before they use something that only takes so much. It enforces one or more
 * limits together, first come first served.
 *
 * <pre>{@code
 * Throttle api = Throttle.of("100/m", "5/s");
 * try (Permit permit = api.acquire()) {
 *   fetch(url);
 * }
 * }</pre>
 *
 * <p>A caller waits only while the rules would not let it start. All rules are met at one instant
 * or none is charged. A heavy request is not overtaken by light ones behind it. A caller that is
 * interrupted, times out or is cancelled has consumed nothing, and the next moves up at once.
 *
 * <p>Throttles are safe for use by any number of threads.
 */
public interface Throttle extends Decorators {

  /**
   * A throttle of exact windows: no stretch of any rate's period holds more grants than it says.
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

  /** Begins a throttle with any rules. */
  static ThrottleBuilder builder() {
    return new ThrottleBuilder();
  }

  /**
   * A throttle without limits: to switch limits off. It counts no permits: its snapshot shows none,
   * and rules that it is given later do not know of them.
   */
  static Throttle unlimited() {
    return QueuedThrottle.unlimited(
        new Settings(
            "unlimited", Long.MAX_VALUE, Optional.empty(), Settings.SILENT, TimeSource.system()));
  }

  /**
   * One throttle a key, made when it is first asked for and forgotten when idle.
   *
   * @param maker makes the throttle of a key
   * @param <K> keys, with {@code equals} and {@code hashCode}
   */
  static <K> KeyedThrottle<K> keyed(Function<? super K, ? extends Throttle> maker) {
    return new KeyedThrottle<>(maker);
  }

  /** The name given for people. */
  @Override
  String name();

  /** Where this throttle's time comes from. */
  TimeSource timeSource();

  /**
   * Waits until {@code cost} may start.
   *
   * @throws InterruptedException if the thread is or gets interrupted; nothing is consumed then
   * @throws QueueFullException if as many wait as may
   * @throws WaitTooLongException if it would have to wait for longer than it may
   * @throws AcquireTimeoutException if it has waited for as long as it may
   * @throws IllegalArgumentException if the cost can never be met or names an unknown budget
   */
  @Override
  Permit acquire(Cost cost) throws InterruptedException;

  /**
   * Takes a permit if one can be had at once and no caller waits for it.
   *
   * @throws IllegalArgumentException if the cost can never be met or names an unknown budget
   */
  Optional<Permit> tryAcquire(Cost cost);

  /**
   * Waits until {@code cost} may start, but no longer than {@code timeout}.
   *
   * @return empty if it could not start in time; nothing is consumed then
   * @throws InterruptedException if the thread is or gets interrupted; nothing is consumed then
   * @throws QueueFullException if as many wait as may
   * @throws WaitTooLongException if it would have to wait for longer than {@code maxWait}
   * @throws IllegalArgumentException if the cost can never be met or names an unknown budget
   */
  Optional<Permit> tryAcquire(Cost cost, Duration timeout) throws InterruptedException;

  /**
   * Stands in line without a thread. The future is completed when {@code cost} may start, on a
   * thread of its own; cancelling it, or completing it in any other way, gives up the place.
   *
   * <p>What {@link #acquire(Cost)} throws, the future fails with.
   *
   * @throws IllegalArgumentException if the cost can never be met or names an unknown budget
   */
  CompletableFuture<Permit> acquireAsync(Cost cost);

  /**
   * This throttle for callers of another priority. Each of them counts as having come so much
   * earlier than it did, or so much later where {@code headStart} is negative, and goes before
   * those who count as having come after it.
   *
   * <p>Callers of one priority stay in order, and none starves: one that has waited for longer than
   * another's head start goes before it. Those that have been granted a permit keep it, and limits
   * hold for all alike. Head starts of throttles got from one another add up.
   *
   * <pre>{@code
   * Throttle people = api.withPriority(Duration.ofSeconds(30));
   * Throttle nightly = api.withPriority(Duration.ofHours(-1));
   * }</pre>
   *
   * @param headStart at most 36,500 days, either way; sums are held to that
   * @throws IllegalArgumentException if it is more
   */
  Throttle withPriority(Duration headStart);

  /**
   * One throttle a key that shares this one's rules and its queue. A caller that waits for its
   * key's own rules keeps no other waiting.
   *
   * @param rules adds the rules of a key; all keys' must be of this throttle's time
   * @param <K> keys, with {@code equals} and {@code hashCode}
   */
  <K> KeyedThrottle<K> keyed(BiConsumer<? super K, ? super LimitsUpdate> rules);

  /** Whether a caller that comes now for one permit would have to wait. */
  default boolean isLocked() {
    return snapshot().untilNextStart().map(Duration::isPositive).orElse(true);
  }

  /** What this throttle looks like now: values, which no throttle changes. */
  Snapshot snapshot();

  /**
   * Starts nothing for so long from now, or for as long as an earlier pause lasts if that is
   * longer.
   *
   * @throws IllegalArgumentException if the duration is negative
   */
  void pauseFor(Duration duration);

  /** Pauses for one period of the longest rate; for a second where there is none. */
  void pause();

  /**
   * Ends a pause. Callers that wait start as the limits allow; an ended pause leaves no trace.
   *
   * @throws UnsupportedOperationException if the throttle is shared: its pause holds in all
   *     processes
   */
  void resume();

  /**
   * Grants no more permits. Callers that wait, and all that come later, get a {@link
   * ThrottleClosedException}. Open permits stay valid. Has no effect the second time.
   *
   * <p>A throttle need not be closed: it holds no thread and no resource. The keys of a throttle
   * that is closed are closed with it.
   */
  void close();

  /**
   * Pauses for as long as the exception says, or, if it does not say, as {@link #pause}. Only the
   * first call with an exception does: one that passes through several calls of this throttle
   * pauses it once.
   */
  @Override
  default void pauseFor(ThrottledException told) {
    if (told.isFirstFor(this)) {
      told.retryAfter().ifPresentOrElse(this::pauseFor, this::pause);
    }
  }

  /**
   * Changes the rules while callers wait. Those that wait keep their places; what the former rules
   * remember counts under the new ones; a caller whose cost can now never be met gets an {@link
   * IllegalArgumentException}.
   *
   * @param change gives the new rules: each replaces those of the same kind; a named rate its
   *     namesake, a rate without a name all rates without one
   */
  default void update(Consumer<? super LimitsUpdate> change) {
    LimitsUpdate limits = new LimitsUpdate(timeSource());
    change.accept(limits);
    update(limits.rules(), limits.dropsOthers());
  }

  /**
   * Changes the rules while callers wait, as {@link #update(Consumer)}.
   *
   * @param rules the new rules; each replaces those of the same kind, name and currency
   * @param dropOthers whether rules of other kinds are dropped
   */
  void update(List<Rule> rules, boolean dropOthers);

  /** Waits for one permit, as {@link #acquire(Cost)}. */
  default Permit acquire() throws InterruptedException {
    return acquire(Cost.one());
  }

  /** Waits for so many permits, as {@link #acquire(Cost)}. */
  default Permit acquire(long permits) throws InterruptedException {
    return acquire(Cost.permits(permits));
  }

  /**
   * Takes as many permits as can start at once, up to a maximum, as one.
   *
   * @param most 1 to 10<sup>15</sup>
   * @return a permit whose cost says how many; empty if none can start at once
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
   * Waits until {@code cost} may start, as {@link #acquire(Cost)}, through interrupts. A thread
   * that is interrupted before or meanwhile is interrupted when this returns or throws. It keeps
   * its place in the queue, but its {@code maxWait} begins anew at each interrupt.
   */
  default Permit acquireUninterruptibly(Cost cost) {
    return Acquisition.uninterruptibly(this, cost);
  }

  /** Takes one permit if it can be had at once, as {@link #tryAcquire(Cost)}. */
  default Optional<Permit> tryAcquire() {
    return tryAcquire(Cost.one());
  }

  /** Takes so many permits if they can be had at once, as {@link #tryAcquire(Cost)}. */
  default Optional<Permit> tryAcquire(long permits) {
    return tryAcquire(Cost.permits(permits));
  }

  /** Waits for one permit, but no longer than given, as {@link #tryAcquire(Cost, Duration)}. */
  default Optional<Permit> tryAcquire(Duration timeout) throws InterruptedException {
    return tryAcquire(Cost.one(), timeout);
  }

  /** Waits for so many permits, but no longer than given. */
  default Optional<Permit> tryAcquire(long permits, Duration timeout) throws InterruptedException {
    return tryAcquire(Cost.permits(permits), timeout);
  }

  /** Stands in line for one permit, as {@link #acquireAsync(Cost)}. */
  default CompletableFuture<Permit> acquireAsync() {
    return acquireAsync(Cost.one());
  }

  /** Stands in line for so many permits, as {@link #acquireAsync(Cost)}. */
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
    return ThrottledCall.under(acquire(cost), this, work);
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
   * Waits until {@code cost} may start, does some work and closes the permit, all within a time.
   *
   * <p>The work is done by the calling thread, which is interrupted when the time is up. This
   * returns when the work has ended: work that does not heed interrupts holds it up, and gets a
   * {@code TimeoutException} nonetheless. What the work itself threw then is the cause.
   *
   * <p>The interrupt of the time-out never outlasts the call. Any other interrupt stays as it is,
   * unless it comes after the time-out's and before the work has noticed: the two are one then.
   *
   * @param timeout for waiting and working together
   * @throws InterruptedException if interrupted while waiting; nothing is consumed then
   * @throws AcquireTimeoutException if the wait took all the time, or as long as it may; nothing is
   *     consumed then
   * @throws QueueFullException if as many wait as may
   * @throws WaitTooLongException if it would have to wait for longer than {@code maxWait}
   * @throws TimeoutException if the work was begun, but had not ended in time
   * @throws IllegalArgumentException if the time-out is not longer than zero, or the cost can never
   *     be met or names an unknown budget
   * @throws X if the work throws it
   */
  default <T, X extends Exception> T call(
      Cost cost, CheckedSupplier<? extends T, ? extends X> work, Duration timeout)
      throws InterruptedException, TimeoutException, X {
    return new TimedCall(this, timeout).call(cost, work);
  }

  /**
   * Waits for a permit, does some work and closes the permit, as {@link #call(CheckedSupplier)}.
   */
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
    return AsyncCall.start(this, cost, call);
  }
}
