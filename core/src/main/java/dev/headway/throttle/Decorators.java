package dev.headway.throttle;

import dev.headway.limit.Cost;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Decorates functions and objects so that each call acquires a permit first and closes it at the
 * end. Every {@link Throttle} is one.
 *
 * <p>The permit is {@link Permit#current} during the call. An exception of the decorated code is
 * thrown unchanged; a {@link ThrottledException} pauses the throttle first, once per exception.
 *
 * <p>Each form has a name of its own, so that a lambda or method reference needs no cast. If a
 * thread is interrupted while it waits, all forms but {@link #callable} throw a {@link
 * java.util.concurrent.CancellationException} and leave the thread interrupted. A wait can also end
 * with each exception that {@link Throttle#acquire(Cost)} names.
 */
public interface Decorators {

  /** The name of the throttle, for messages. */
  String name();

  /**
   * Waits until {@code cost} may start.
   *
   * @throws InterruptedException if the thread is or gets interrupted; nothing is consumed then
   */
  Permit acquire(Cost cost) throws InterruptedException;

  /** Pauses the throttle as the exception asks; does nothing the second time for one exception. */
  void pauseFor(ThrottledException told);

  /** Does work that throws nothing checked, under a permit. */
  private <T> T unchecked(CheckedSupplier<? extends T, ? extends RuntimeException> work) {
    Permit permit;
    try {
      permit = acquire(Cost.one());
    } catch (InterruptedException e) {
      throw ThrottledCall.interrupted(name(), e);
    }
    return ThrottledCall.under(permit, this::pauseFor, work);
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
    return () -> ThrottledCall.under(acquire(Cost.one()), this::pauseFor, callable::call);
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
    return ThrottledInvocationHandler.proxy(this, face, target);
  }
}
