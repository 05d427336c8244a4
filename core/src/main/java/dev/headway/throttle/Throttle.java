package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

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
 * <p>Throttles are safe for use by any number of threads. They need not be closed: they hold no
 * thread and no resource.
 */
public interface Throttle {

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
   * A throttle that lets everything through, whatever it costs: to switch limits off. It counts
   * nobody: its snapshot does not tell who runs, and rules that it is given later do not know of
   * them.
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
  Permit acquire(Cost cost) throws InterruptedException;

  /**
   * Takes a permit if one can be had at once, and nobody waits for it.
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
   * <p>Callers of one priority stay in order, and nobody starves: whoever has waited for longer
   * than another's head start goes before it. Those that have been granted a permit keep it, and
   * limits hold for all alike. Head starts of throttles got from one another add up.
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
   * One throttle a key that shares this one's rules, and its line: what a key's own rules do not
   * let start keeps nobody else waiting.
   *
   * @param rules adds the rules of a key; all keys' must be of this throttle's time
   * @param <K> keys, with {@code equals} and {@code hashCode}
   */
  <K> KeyedThrottle<K> keyed(BiConsumer<? super K, ? super Limits> rules);

  /** Whether a caller that comes now for one permit would have to wait. */
  default boolean isLocked() {
    return snapshot().untilNextStart().map(Duration::isPositive).orElse(true);
  }

  /** What this throttle looks like now: values, which no throttle changes. */
  Snapshot snapshot();

  /**
   * Lets nobody start for so long from now, or for as long as an earlier pause lasts if that is
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
   * Changes the rules while callers wait. Those that wait keep their places; what the former rules
   * remember counts under the new ones; a caller whose cost can now never be met gets an {@link
   * IllegalArgumentException}.
   *
   * @param change gives the new rules: each replaces those of the same kind
   */
  default void update(Consumer<? super Limits> change) {
    Limits limits = new Limits(timeSource());
    change.accept(limits);
    update(limits.rules(), limits.dropsOthers());
  }

  /**
   * Changes the rules while callers wait, as {@link #update(Consumer)}.
   *
   * @param rules the new rules; each replaces those of the same kind and currency
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
    Cost.permits(most);
    Optional<Permit> permit = Optional.empty();
    long amount = Math.min(most, snapshot().available());
    while (permit.isEmpty() && amount > 0) {
      permit = tryAcquire(Cost.permits(amount));
      amount /= 2;
    }
    return permit;
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
  default <T, X extends Exception> T call(Work<? extends T, ? extends X> work)
      throws InterruptedException, X {
    return call(Cost.one(), work);
  }

  /**
   * Waits until {@code cost} may start, does some work and closes the permit.
   *
   * @throws InterruptedException if interrupted while waiting
   * @throws X if the work throws it
   */
  default <T, X extends Exception> T call(Cost cost, Work<? extends T, ? extends X> work)
      throws InterruptedException, X {
    try (Permit permit = acquire(cost);
        CurrentPermit current = new CurrentPermit(permit)) {
      return work.run();
    }
  }

  /**
   * Waits for a permit and does some work within a time, as {@link #call(Cost, Work, Duration)}.
   *
   * @throws X if the work throws it
   */
  default <T, X extends Exception> T call(Work<? extends T, ? extends X> work, Duration timeout)
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
   * <p>The interrupt of the time-out never outlasts the call. That of anybody else stays as it is,
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
      Cost cost, Work<? extends T, ? extends X> work, Duration timeout)
      throws InterruptedException, TimeoutException, X {
    return new TimeLimit(this, timeout).call(cost, work);
  }

  /**
   * The same object, seen through an interface, calls of whose methods wait for a permit first:
   * those that {@link Throttled} marks, or all if it marks none. A method's permit is closed when
   * the method returns.
   *
   * <p>What the target throws comes through unchanged. A default method is one call, whatever it
   * calls. The methods of {@code Object} never wait; a proxy is equal to itself alone. Where the
   * waiting thread is interrupted, a method that may throw an {@link InterruptedException} does so;
   * any other throws a {@link java.util.concurrent.CancellationException}, with the interrupt still
   * pending.
   *
   * @param face the interface
   * @param target what does the work
   * @throws IllegalArgumentException if {@code face} is not an interface, or a mark's permits are
   *     out of range
   * @throws java.lang.reflect.InaccessibleObjectException if the interface is in a package that its
   *     module neither exports nor opens to {@code dev.headway}
   */
  default <T> T proxy(Class<T> face, T target) {
    return ThrottledCalls.proxy(this, face, target);
  }

  /**
   * The same function, each call of which waits for a permit first. Where the waiting thread is
   * interrupted it throws a {@link java.util.concurrent.CancellationException}, with the interrupt
   * still pending; so do the other forms.
   */
  default <T, R> Function<T, R> wrap(Function<? super T, ? extends R> function) {
    return argument -> Wrapped.call(this, () -> function.apply(argument));
  }

  /** The same function of two arguments, each call of which waits for a permit first. */
  default <T, U, R> BiFunction<T, U, R> wrap(
      BiFunction<? super T, ? super U, ? extends R> function) {
    return (first, second) -> Wrapped.call(this, () -> function.apply(first, second));
  }

  /** The same supplier, each call of which waits for a permit first. */
  default <T> Supplier<T> wrap(Supplier<? extends T> supplier) {
    return () -> Wrapped.call(this, supplier::get);
  }

  /** The same task, each call of which waits for a permit first. */
  default <T> Callable<T> wrap(Callable<? extends T> callable) {
    return () -> call(callable::call);
  }

  /** The same action, each run of which waits for a permit first. */
  default Runnable wrap(Runnable runnable) {
    return () -> Wrapped.run(this, runnable);
  }

  /** The same consumer, each call of which waits for a permit first. */
  @SuppressWarnings("overloads") // a lambda of one argument needs its type or a result to be clear
  default <T> Consumer<T> wrap(Consumer<? super T> consumer) {
    return argument -> Wrapped.run(this, () -> consumer.accept(argument));
  }
}
