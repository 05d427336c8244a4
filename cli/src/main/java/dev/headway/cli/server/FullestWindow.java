package dev.headway.cli.server;

import java.util.ArrayDeque;

/**
 * The most arrivals in any half-open interval of length {@code periodNanos}.
 *
 * <p>Some fullest interval ends with an arrival, so it is enough to look back from each one. Only
 * the arrivals of the last period are remembered. It is handed the time and is not safe for use by
 * several threads.
 */
final class FullestWindow {

  private final long periodNanos;
  private final ArrayDeque<Long> recent = new ArrayDeque<>();
  private long fullest;

  FullestWindow(long periodNanos) {
    this.periodNanos = periodNanos;
  }

  /** Counts an arrival. Times must not go backwards. */
  void add(long now) {
    while (!recent.isEmpty() && now - recent.getFirst() >= periodNanos) {
      recent.removeFirst();
    }
    recent.addLast(now);
    fullest = Math.max(fullest, recent.size());
  }

  long fullest() {
    return fullest;
  }
}
