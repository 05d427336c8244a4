package dev.headway.cli.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What tokens cost, in whatever currency.
 *
 * @param input of one token of a prompt
 * @param output of one token of an answer
 */
public record Price(double input, double output) {

  private static final Pattern PART =
      Pattern.compile("(in|out)=(\\d{1,9}(?:\\.\\d{1,9})?)(/[MKk])?");

  /**
   * Reads {@code in=0.15/M,out=0.60/M}: for a million (M) or a thousand (K) tokens, or for one.
   * What is left out costs nothing.
   *
   * @throws IllegalArgumentException if it is no price
   */
  public static Price parse(String text) {
    double[] each = {-1, -1};
    for (String part : text.split(",", -1)) {
      Matcher match = PART.matcher(part.strip());
      if (!match.matches()) {
        throw notOne(text);
      }
      int index = match.group(1).equals("in") ? 0 : 1;
      if (each[index] >= 0) {
        throw notOne(text);
      }
      String unit = match.group(3) == null ? "" : match.group(3).toUpperCase(Locale.ROOT);
      double tokens = unit.equals("/M") ? 1e6 : unit.equals("/K") ? 1e3 : 1;
      each[index] = Double.parseDouble(match.group(2)) / tokens;
    }
    return new Price(Math.max(0, each[0]), Math.max(0, each[1]));
  }

  private static IllegalArgumentException notOne(String text) {
    return new IllegalArgumentException(
        "\"" + text + "\" is not a price, such as in=0.15/M,out=0.60/M");
  }

  /** What a call costs. */
  public double of(Usage usage) {
    return input * usage.input() + output * usage.output();
  }
}
