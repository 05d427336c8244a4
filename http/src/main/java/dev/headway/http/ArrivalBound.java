package dev.headway.http;

import java.time.Duration;

/**
 * How long requests take at most to reach a server, as a client assumes that sees only when it
 * responds.
 *
 * <p>A second at first; after 100 responses without a refusal a tenth of the period, between 50 ms
 * and a second. Each refusal doubles it, up to the period: the client keeps to the limits, so
 * requests may have arrived closer together than they were sent.
 */
final class ArrivalBound {

  /** What is assumed of a server that has not been heard of. */
  static final Duration FIRST = Duration.ofSeconds(1);

  private static final Duration LEAST = Duration.ofMillis(50);
  private static final int RESPONSES = 100;
  private static final int TENTH = 10;
  private static final int MOST_DOUBLINGS = 40;

  private int responses;
  private int doublings;

  /** A response that is no refusal; returns whether the bound changes. */
  synchronized boolean responded() {
    return responses < RESPONSES && ++responses == RESPONSES;
  }

  /** A refusal; returns whether the bound changes. */
  synchronized boolean refused() {
    responses = responses == RESPONSES ? RESPONSES : 0;
    doublings = Math.min(doublings + 1, MOST_DOUBLINGS);
    return true;
  }

  /** Whether it is what it was at first. */
  synchronized boolean isFirst() {
    return responses < RESPONSES && doublings == 0;
  }

  /** The bound for a limit of a period. */
  synchronized Duration of(Duration period) {
    Duration base = FIRST;
    if (responses == RESPONSES) {
      Duration tenth = period.dividedBy(TENTH);
      base = tenth.compareTo(LEAST) < 0 ? LEAST : tenth.compareTo(FIRST) > 0 ? FIRST : tenth;
    }
    Duration most = period.compareTo(base) > 0 ? period : base;
    Duration bound = base;
    for (int i = 0; i < doublings && bound.compareTo(most) < 0; i++) {
      bound = bound.multipliedBy(2);
    }
    return bound.compareTo(most) > 0 ? most : bound;
  }
}
