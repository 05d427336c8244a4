package dev.headway.bench.costs;

/**
 * The rate that all are measured at: one a nanosecond, a million in each thousandth of a second.
 */
final class Limits {

  static final int PERMITS = 1_000_000;
  static final long PERIOD_NANOS = 1_000_000;
  static final double PER_SECOND = 1e9;

  private Limits() {}
}
