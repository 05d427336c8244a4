package dev.headway.limit;

/** Arithmetic that stops at a quarter of the longs, so that two such times can still be added. */
final class Saturated {

  private static final long MOST = Long.MAX_VALUE / 4;

  private Saturated() {}

  static long multiply(long a, long b) {
    return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? MOST : Math.min(a * b, MOST);
  }
}
