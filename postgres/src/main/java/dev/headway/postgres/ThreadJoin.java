package dev.headway.postgres;

import java.time.Duration;

/** Waits for threads that have been told to end. */
final class ThreadJoin {

  private ThreadJoin() {}

  /** Waits no longer than so, not at all for oneself, and goes on at an interruption. */
  static void to(Thread thread, Duration longest) {
    if (thread.equals(Thread.currentThread())) {
      return;
    }
    try {
      thread.join(longest);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
