package dev.headway.limit;

import dev.headway.Rate;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.math.BigDecimal;

/** How long amounts take at a rate, exactly. */
final class Pace {

  final long permits;
  final long period;

  Pace(Rate rate) {
    long nanos = rate.period().toNanos();
    long divisor =
        BigInteger.valueOf(rate.permits()).gcd(BigInteger.valueOf(nanos)).longValueExact();
    permits = rate.permits() / divisor;
    period = nanos / divisor;
  }

  /** The nanoseconds that {@code amount}, of either sign, takes; rounded up. */
  long nanos(long amount) {
    long product = amount * period;
    if (Math.multiplyHigh(amount, period) == product >> 63) {
      return Math.ceilDiv(product, permits);
    }
    BigDecimal exact =
        new BigDecimal(BigInteger.valueOf(amount).multiply(BigInteger.valueOf(period)))
            .divide(BigDecimal.valueOf(permits), 0, RoundingMode.CEILING);
    BigDecimal most = BigDecimal.valueOf(Long.MAX_VALUE / 4);
    return exact.min(most).max(most.negate()).longValueExact();
  }
}
