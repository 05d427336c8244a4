package dev.headway.cli.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What a run has cost.
 *
 * @param spent so far, in earlier runs too
 * @param projected what it will have cost at its end, if that can be told
 */
public record Money(double spent, OptionalDouble projected) {

  /** Such as {@code 0.42 spent, 31.70 in all}. */
  @Override
  public String toString() {
    String all = projected.isPresent() ? ", " + amount(projected.getAsDouble()) + " in all" : "";
    return amount(spent) + " spent" + all;
  }

  /** An amount as a number of JSON, to a billionth. */
  public static BigDecimal exact(double amount) {
    BigDecimal exact = BigDecimal.valueOf(amount).setScale(9, RoundingMode.HALF_UP);
    return exact.signum() == 0 ? BigDecimal.ZERO : exact.stripTrailingZeros();
  }

  /** An amount with two digits after the point, or as many as a small one needs. */
  public static String amount(double amount) {
    int digits = amount == 0 || amount >= 1 ? 2 : amount >= 0.01 ? 4 : 6;
    return String.format(Locale.ROOT, "%." + digits + "f", amount);
  }
}
