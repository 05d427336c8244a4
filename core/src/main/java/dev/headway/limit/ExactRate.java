package dev.headway.limit;

import java.math.BigInteger;

/** Converts between amounts and the time that they take at a rate, without rounding errors. */
final class ExactRate {

  final long permits;
  final long period;

  ExactRate(Rate rate) {
    long nanos = rate.period().toNanos();
    long divisor =
        BigInteger.valueOf(rate.permits()).gcd(BigInteger.valueOf(nanos)).longValueExact();
    permits = rate.permits() / divisor;
    period = nanos / divisor;
  }

  /** The nanoseconds that {@code amount}, of either sign, takes; rounded up. */
  long nanos(long amount) {
    return -divideFloor(-amount, period, permits);
  }

  /** The largest amount that takes no longer than {@code nanos}. */
  long amount(long nanos) {
    return divideFloor(nanos, permits, period);
  }

  private static long divideFloor(long value, long factor, long divisor) {
    long product = value * factor;
    if (Math.multiplyHigh(value, factor) == product >> 63) {
      return Math.floorDiv(product, divisor);
    }
    BigInteger exact = BigInteger.valueOf(value).multiply(BigInteger.valueOf(factor));
    BigInteger[] parts = exact.divideAndRemainder(BigInteger.valueOf(divisor));
    BigInteger floor = parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
    return floor.bitLength() < Long.SIZE - 1
        ? floor.longValueExact()
        : floor.signum() * (Long.MAX_VALUE >> 1);
  }
}
