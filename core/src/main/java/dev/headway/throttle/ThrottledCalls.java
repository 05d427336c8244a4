package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Does work under permits: each call acquires a permit first and closes it at the end. Functions
 * and objects can be decorated to do so. Every {@link Throttle} is one.
 *
 * <p>The permit is {@link Permit#current} during the call. An exception of the work is thrown
 * unchanged; a {@link ThrottledException} pauses the throttle first, once per exception. A wait can
 * also end with each exception that {@link Throttle#acquire(Cost)} names.
 *
 * <p>Each form of decoration has a name of its own, so that a lambda or method reference needs no
 * cast. If a thread is interrupted while it waits, all forms but {@link #callable} throw a {@link
 * CancellationException} and leave the thread interrupted.
 */
public interface ThrottledCalls {

  /** The name of the throttle, for people. */
  String name();

  /** The time source of the throttle. */
  TimeSource timeSource();

  /**
   * Waits until {@code cost} may start.
   *
   * @throws InterruptedException if the thread is or gets interrupted; nothing is consumed then
   */
  Permit acquire(Cost cost) throws InterruptedException;

  /**
   * Waits until {@code cost} may start, but no longer than {@code timeout}.
   *
   * @return empty if it could not start in time; nothing is consumed then
   * @throws InterruptedException if the thread is or gets interrupted; nothing is consumed then
   */
  Optional<Permit> tryAcquire(Cost cost, Duration timeout) throws InterruptedException;

  /** Waits without a thread. The future is completed when {@code cost} may start. */
  CompletableFuture<Permit> acquireAsync(Cost cost);

  /** Pauses the throttle as the exception asks; does nothing the second time for one exception. */
  void pauseFor(ThrottledException told);

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
    return under(acquire(cost), work);
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
    CallTimeout timed = new CallTimeout(name(), timeSource(), this::pauseFor, timeout);
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
    this.<ThrottledCalls, X>call(
        cost,
        () -> {
          work.run();
          return this;
        });
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
    this.<ThrottledCalls, X>call(
        cost,
        () -> {
          work.run();
          return this;
        },
        timeout);
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
   * exception; if no permit is granted, as {@link Throttle#acquireAsync(Cost)} fails. Cancelling
   * the future gives up the place in the queue, or, once the call has started, cancels the stage if
   * that is a {@link java.util.concurrent.Future}.
   *
   * @throws IllegalArgumentException if the cost can never be met or names an unknown budget
   */
  default <T> CompletableFuture<T> callAsync(
      Cost cost, CheckedSupplier<? extends CompletionStage<T>, ?> call) {
    return new AsyncCall<T>(this::pauseFor, call).start(acquireAsync(cost));
  }

  private <T, X extends Exception> T under(
      Permit permit, CheckedSupplier<? extends T, ? extends X> work) throws X {
    return permit.<T, X>call(() -> {
      try {
        return work.get();
      } catch (Throwable e) {
        ThrottledException.pauseFor(e, this::pauseFor);
        throw e;
      }
    });
  }

  private Permit acquireUnchecked(Cost cost) {
    try {
      return acquire(cost);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      CancellationException cancelled =
          new CancellationException("interrupted while waiting for " + name());
      cancelled.initCause(e);
      throw cancelled;
    }
  }

  /** Does work that throws nothing checked, under a permit. */
  private <T> T unchecked(CheckedSupplier<? extends T, ? extends RuntimeException> work) {
    return under(acquireUnchecked(Cost.one()), work);
  }

  /** The same function; each call acquires a permit first. */
  default <T, R> Function<T, R> function(Function<? super T, ? extends R> function) {
    return argument -> unchecked(() -> function.apply(argument));
  }

  /** The same function of two arguments; each call acquires a permit first. */
  default <T, U, R> BiFunction<T, U, R> biFunction(
      BiFunction<? super T, ? super U, ? extends R> function) {
    return (first, second) -> unchecked(() -> function.apply(first, second));
  }

  /** The same supplier; each call acquires a permit first. */
  default <T> Supplier<T> supplier(Supplier<? extends T> supplier) {
    return () -> unchecked(supplier::get);
  }

  /** The same action; each run acquires a permit first. */
  default Runnable runnable(Runnable runnable) {
    return () ->
        unchecked(() -> {
          runnable.run();
          return this;
        });
  }

  /** The same consumer; each call acquires a permit first. */
  default <T> Consumer<T> consumer(Consumer<? super T> consumer) {
    return argument -> runnable(() -> consumer.accept(argument)).run();
  }

  /**
   * The same task; each call acquires a permit first. It throws what the task throws, and an {@link
   * InterruptedException} if the thread is interrupted while it waits.
   */
  default <T> Callable<T> callable(Callable<? extends T> callable) {
    return () -> call(callable::call);
  }

  /**
   * The same object, seen through an interface. A call of a method that is marked with {@link
   * Throttled} acquires a permit first; if no method is marked, every call does. The permit is
   * closed when the method returns.
   *
   * <p>A default method is one call, with all the calls that it makes. The methods of {@code
   * Object} never wait; a proxy equals itself alone. If the thread is interrupted while it waits, a
   * method that may throw an {@link InterruptedException} throws it; any other throws a {@link
   * java.util.concurrent.CancellationException} and leaves the thread interrupted.
   *
   * @param face the interface
   * @param target the object that does the work
   * @throws IllegalArgumentException if {@code face} is not an interface, or a mark's permits are
   *     out of range
   * @throws java.lang.reflect.InaccessibleObjectException if the interface is in a package that its
   *     module neither exports nor opens to {@code dev.headway}
   */
  default <T> T proxy(Class<T> face, T target) {
    return ThrottledInvocationHandler.proxy(
        face,
        target,
        (cost, interruptible, method) ->
            under(interruptible ? acquire(cost) : acquireUnchecked(cost), method));
  }
}
