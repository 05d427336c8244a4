package dev.headway.throttle;

import dev.headway.limit.Cost;
import java.time.Duration;

/**
 * Permission to start one piece of work. Any thread closes it when the work has ended:
 *
 * <pre>{@code
 * try (Permit permit = api.acquire()) {
 *   fetch(url);
 * }
 * }</pre>
 *
 * <p>Actions before a permit is closed happen before the work that starts because of its end.
 */
public interface Permit extends AutoCloseable {

  /**
   * The permit of the work that runs in the current thread: a task of a run, or work given to a
   * throttle's {@code call}, {@code run}, {@code callAsync} or a decorator; of nested work, the
   * innermost. Such work settles its cost with it:
   *
   * <pre>{@code
   * run.map(
   *     prompts,
   *     prompt -> Cost.of("tokens", estimate(prompt)),
   *     prompt -> {
   *       Answer answer = model.ask(prompt);
   *       Permit.current().settle("tokens", answer.tokens());
   *       return answer;
   *     })
   * }</pre>
   *
   * <p>Threads that the work starts have no current permit: pass it to them.
   *
   * @throws IllegalStateException if the current thread has no permit
   */
  static Permit current() {
    return PermitScope.get()
        .orElseThrow(() ->
            new IllegalStateException(
                "this thread works under no permit; Permit.current() is for tasks of a run and for"
                    + " work given to call or a decorator: otherwise use what acquire returns"));
  }

  /** The cost, as settled so far. */
  Cost cost();

  /** The time that its caller waited. */
  Duration waited();

  /**
   * Sets the actual amount that the work takes of a budget. A surplus goes back to waiting callers
   * at once; a deficit is charged to later callers.
   *
   * @param budget the name of a budget that the throttle counts, or {@link Cost#PERMITS}
   * @param amount the whole amount, at least 0 (1 for permits)
   * @throws IllegalArgumentException if the throttle has no such budget or the amount is too low
   * @throws IllegalStateException if the permit has been closed
   */
  void settle(String budget, long amount);

  /**
   * Reports that the work has reached the server, for example when the first byte of a response
   * arrives. Limits that count {@linkplain dev.headway.limit.Counted#onArrival on arrival} count it
   * from now, unless their bound has passed. The permit stays open. Does nothing the second time,
   * after the permit was closed, or without such a limit.
   */
  default void arrived() {}

  /**
   * Ends the permit, as {@link #close} does, but fails the second time.
   *
   * @throws IllegalStateException if it has been released or closed before
   */
  void release();

  /**
   * Gives back a permit whose work has not begun. Limits of this process count it no longer, and
   * callers that wait may start. A token bucket gets back whole permits, and none that would have
   * overflowed since. Does nothing the second time. It is the same as {@link #close} after {@link
   * #arrived}, and where limits are shared with other processes.
   */
  default void cancel() {
    close();
  }

  /**
   * Does some work under this permit, as its {@link #current} one, and closes it.
   *
   * @throws X if the work throws it
   */
  default <T, X extends Exception> T call(CheckedSupplier<? extends T, ? extends X> work) throws X {
    try (this;
        PermitScope current = new PermitScope(this)) {
      return work.get();
    }
  }

  /**
   * Does some work under this permit, as {@link #call}, without a result.
   *
   * @throws X if the work throws it
   */
  default <X extends Exception> void run(CheckedRunnable<? extends X> work) throws X {
    this.<Permit, X>call(() -> {
      work.run();
      return this;
    });
  }

  /** Ends the permit. Does nothing the second time. */
  @Override
  void close();
}
