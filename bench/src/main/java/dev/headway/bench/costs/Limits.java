package dev.headway.bench.costs;

/** The rate of all measurements: one per nanosecond, a million per millisecond. */
final class Limits {

  static final int PERMITS = 1_000_000;
  static final long PERIOD_NANOS = 1_000_000;
  static final double PER_SECOND = 1e9;

  private Limits() {}
}
