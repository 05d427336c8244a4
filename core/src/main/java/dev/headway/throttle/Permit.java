package dev.headway.throttle;

import dev.headway.limit.Cost;
import java.time.Duration;

/**
 * Leave to start one piece of work. It is closed when the work has ended, by any thread:
 *
 * <pre>{@code
 * try (Permit permit = api.acquire()) {
 *   fetch(url);
 * }
 * }</pre>
 *
 * <p>What is done before a permit is closed happens before whatever is started because it was.
 */
public interface Permit extends AutoCloseable {

  /**
   * The permit that the current thread works under: in a task of a run, and in work that is given
   * to a throttle's {@code call}, {@code run}, {@code callAsync} or a decorator, the innermost. It
   * is how such work settles what it took:
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
   * <p>Threads that the work starts have none: hand it to them.
   *
   * @throws IllegalStateException if the current thread does no such work
   */
  static Permit current() {
    return CurrentPermit.get()
        .orElseThrow(() ->
            new IllegalStateException(
                "this thread works under no permit; Permit.current() is for tasks of a run and for"
                    + " work given to call or a decorator: otherwise use what acquire returns"));
  }

  /** What was taken for it, as settled by now. */
  Cost cost();

  /** How long its caller stood in line. */
  Duration waited();

  /**
   * Says how much of a budget the work takes in fact. What was taken too much is given back to
   * those that wait; what was taken too little is charged to those that come.
   *
   * @param budget the name of a budget that the throttle counts, or {@link Cost#PERMITS}
   * @param amount all of what the work takes of it, at least 0 (1 for permits)
   * @throws IllegalArgumentException if the throttle counts no such budget or the amount is too low
   * @throws IllegalStateException if the permit has been closed
   */
  void settle(String budget, long amount);

  /**
   * Says that the work is known to have reached the server, such as when the first byte of a
   * response is read. Limits that count {@linkplain dev.headway.limit.Counted#onArrival on arrival}
   * count it from now, unless their bound has passed; nothing else ends. It does nothing the second
   * time, after the permit was closed, or where no limit counts on arrival.
   */
  default void arrived() {}

  /**
   * Ends the permit, as {@link #close} does, where a second time would be a mistake.
   *
   * @throws IllegalStateException if it has been released or closed before
   */
  void release();

  /**
   * Does some work under this permit, which {@link #current} is meanwhile, and closes it.
   *
   * @throws X if the work throws it
   */
  default <T, X extends Exception> T call(CheckedSupplier<? extends T, ? extends X> work) throws X {
    try (this;
        CurrentPermit current = new CurrentPermit(this)) {
      return work.get();
    }
  }

  /**
   * Does some work under this permit, as {@link #call}, without a result.
   *
   * @throws X if the work throws it
   */
  default <X extends Exception> void run(CheckedRunnable<? extends X> work) throws X {
    this.<Permit, X>call(ThrottledCall.returning(this, work));
  }

  /** Ends the permit. Does nothing the second time. */
  @Override
  void close();
}
