package dev.headway.bench.report;

import java.util.Locale;

/** Formats the words and numbers of a table. */
final class Cells {

  private Cells() {}

  /** Numbers with their significant digits, words unchanged. */
  static String text(Object cell) {
    return cell instanceof Number number ? text(number.doubleValue()) : cell.toString();
  }

  private static String text(double number) {
    double size = Math.abs(number);
    if (number == Math.rint(number) || size >= 1000) {
      return String.format(Locale.ROOT, "%,d", Math.round(number));
    }
    int decimals = size >= 100 ? 1 : size >= 0.1 ? 2 : size >= 0.01 ? 3 : size >= 1e-4 ? 5 : 7;
    return String.format(Locale.ROOT, "%,." + decimals + "f", number);
  }
}
