package dev.headway.distributed;

import dev.headway.time.TimeSource;

/** Microseconds, in which stores count, as nanoseconds. */
final class Microseconds {

  static final long NANOS = 1_000;

  private Microseconds() {}

  /** So many nanoseconds in microseconds, rounded up. */
  static long up(long nanos) {
    return Math.ceilDiv(nanos, NANOS);
  }

  /**
   * How long ago an instant was, by a clock of whole microseconds: never more than it was, so -1 if
   * it was within this one.
   */
  static long ago(long now, long instant) {
    return Math.floorDiv(now, NANOS) - Math.ceilDiv(instant, NANOS);
  }

  /** The instant so many microseconds after the one in which another is. */
  static long after(long instant, long micros) {
    long from = Math.floorDiv(instant, NANOS);
    return NANOS * (from + Math.min(micros, TimeSource.NEVER / NANOS - 1 - from));
  }
}
