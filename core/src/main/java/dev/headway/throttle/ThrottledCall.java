package dev.headway.throttle;

import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** One call of work under a permit, which pauses the throttle if the work was told to slow down. */
final class ThrottledCall {

  private ThrottledCall() {}

  /** Does work under a permit that was granted for it, and closes the permit. */
  static <T, X extends Exception> T under(
      Permit permit,
      Consumer<ThrottledException> pause,
      CheckedSupplier<? extends T, ? extends X> work)
      throws X {
    try (permit;
        CurrentPermit current = new CurrentPermit(permit)) {
      try {
        return work.get();
      } catch (Throwable e) {
        pauseIfThrottled(pause, e);
        throw e;
      }
    }
  }

  /** The same work, with a result that says nothing. */
  static <T, X extends Exception> CheckedSupplier<T, X> returning(
      T nothing, CheckedRunnable<? extends X> work) {
    return () -> {
      work.run();
      return nothing;
    };
  }

  /**
   * Pauses a throttle if a failure is a {@link ThrottledException} or wraps one. A pause that fails
   * is added to the failure as suppressed.
   */
  static void pauseIfThrottled(Consumer<ThrottledException> pause, Throwable failure) {
    try {
      ThrottledException.in(failure).ifPresent(pause);
    } catch (RuntimeException | Error e) {
      failure.addSuppressed(e);
    }
  }

  /** Restores the interrupt, for callers that cannot throw an {@link InterruptedException}. */
  static CancellationException interrupted(String throttle, InterruptedException cause) {
    Thread.currentThread().interrupt();
    CancellationException cancelled =
        new CancellationException("interrupted while waiting for " + throttle);
    cancelled.initCause(cause);
    return cancelled;
  }
}
