package dev.headway.postgres;

import java.time.Duration;

/** Waits for threads to end. */
final class ThreadJoin {

  private ThreadJoin() {}

  /** Waits at most this long, not at all for the current thread; an interrupt ends the wait. */
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
