package dev.headway.distributed;

import dev.headway.time.TimeSource;

/** Converts between nanoseconds and the microseconds of stores. */
final class Microseconds {

  static final long NANOS = 1_000;

  private Microseconds() {}

  /** Nanoseconds in microseconds, rounded up. */
  static long up(long nanos) {
    return Math.ceilDiv(nanos, NANOS);
  }

  /**
   * The time since an instant, by a clock of whole microseconds: never too long, so -1 if it was
   * within this microsecond.
   */
  static long ago(long now, long instant) {
    return Math.floorDiv(now, NANOS) - Math.ceilDiv(instant, NANOS);
  }

  /** The instant this many microseconds after the microsecond of another. */
  static long after(long instant, long micros) {
    long from = Math.floorDiv(instant, NANOS);
    return NANOS * (from + Math.min(micros, TimeSource.NEVER / NANOS - 1 - from));
  }
}
