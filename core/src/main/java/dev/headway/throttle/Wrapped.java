package dev.headway.throttle;

import java.util.concurrent.CancellationException;

/** Runs what has been wrapped, where an interrupt cannot be thrown as such. */
final class Wrapped {

  private Wrapped() {}

  static <T> T call(Throttle throttle, Work<? extends T, RuntimeException> work) {
    try (Permit permit = throttle.acquire();
        CurrentPermit current = new CurrentPermit(permit)) {
      return work.run();
    } catch (InterruptedException e) {
      throw interrupted(throttle.name(), e);
    }
  }

  static void run(Throttle throttle, Runnable work) {
    try (Permit permit = throttle.acquire();
        CurrentPermit current = new CurrentPermit(permit)) {
      work.run();
    } catch (InterruptedException e) {
      throw interrupted(throttle.name(), e);
    }
  }

  static CancellationException interrupted(String what, InterruptedException cause) {
    Thread.currentThread().interrupt();
    CancellationException cancelled =
        new CancellationException("interrupted while waiting for " + what);
    cancelled.initCause(cause);
    return cancelled;
  }
}
