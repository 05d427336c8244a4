package dev.headway.cli.practice;

import java.util.ArrayDeque;

/**
 * A strict sliding window: no half-open interval of length {@code periodNanos} holds more than
 * {@code permits} accepted requests, wherever it is laid, and none is refused that this rule would
 * let in.
 *
 * <p>It remembers when each request of the last period was accepted, and nothing older. It is
 * handed the time and is not safe for use by several threads.
 */
final class StrictWindow {

  private final long permits;
  private final long periodNanos;
  private final ArrayDeque<Long> accepted = new ArrayDeque<>();

  StrictWindow(long permits, long periodNanos) {
    this.permits = permits;
    this.periodNanos = periodNanos;
  }

  /**
   * Accepts a request that arrives at {@code now}, unless (now - period, now] is full. Times must
   * not go backwards.
   */
  Admission admit(long now) {
    while (!accepted.isEmpty() && now - accepted.getFirst() >= periodNanos) {
      accepted.removeFirst();
    }
    boolean admitted = accepted.size() < permits;
    if (admitted) {
      accepted.addLast(now);
    }
    return new Admission(
        admitted, permits - accepted.size(), accepted.getFirst() + periodNanos - now);
  }

  /**
   * What became of one request.
   *
   * @param remaining how many more would be accepted at this instant
   * @param moreAfterNanos how long until the oldest accepted request leaves the window; after a
   *     refusal, how long until the next request may be accepted
   */
  record Admission(boolean accepted, long remaining, long moreAfterNanos) {}
}
