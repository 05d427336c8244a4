package dev.headway.throttle;

import dev.headway.time.TimeSource;
import org.jspecify.annotations.Nullable;

/** A queue's timer for one instant. It can be cancelled before it is set. */
final class WakeUp {

  final long at;
  private volatile boolean cancelled;
  private volatile TimeSource.@Nullable Timer timer;

  WakeUp(long at) {
    this.at = at;
  }

  /** Sets the timer, unless it has been cancelled. Called without the lock. */
  void set(TimeSource time, Runnable action) {
    TimeSource.Timer set = time.schedule(at, action);
    timer = set;
    if (cancelled) {
      set.cancel();
    }
  }

  /** Cancels the timer. Called without the lock. */
  void cancel() {
    cancelled = true;
    TimeSource.Timer set = timer;
    if (set != null) {
      set.cancel();
    }
  }
}
