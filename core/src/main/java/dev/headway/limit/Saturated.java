package dev.headway.limit;

/** Arithmetic on instants and lengths of time that stops at the last instant before never. */
final class Saturated {

  private static final long MOST = Limit.NEVER - 1;

  private Saturated() {}

  static long add(long a, long b) {
    long sum = a + b;
    boolean overflowed = ((a ^ sum) & (b ^ sum)) < 0;
    return overflowed ? (a < 0 ? -MOST : MOST) : clamp(sum);
  }

  static long multiply(long a, long b) {
    long product = a * b;
    boolean overflowed = Math.multiplyHigh(a, b) != product >> 63;
    return overflowed ? ((a < 0) != (b < 0) ? -MOST : MOST) : clamp(product);
  }

  private static long clamp(long time) {
    return Math.clamp(time, -MOST, MOST);
  }
}
