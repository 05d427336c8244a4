package dev.headway.cli.plan;

import dev.headway.limit.Cost;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What each request takes of a budget.
 *
 * @param name the budget's, or that of permits
 * @param amount how much
 */
record Each(String name, long amount) {

  /**
   * One permit and what else is said.
   *
   * @param budgets the budgets there are
   * @throws IllegalArgumentException if one of them is none of these, or cannot be taken
   */
  static Cost cost(List<Each> all, Set<String> budgets) {
    Cost cost = Cost.one();
    for (Each each : all) {
      if (!each.name.equals(Cost.PERMITS) && !budgets.contains(each.name)) {
        throw new IllegalArgumentException(
            "there is no budget "
                + each.name
                + ": give it one with --budget "
                + each.name
                + "=RATE");
      }
      cost = cost.with(each.name, each.amount);
    }
    return cost;
  }

  /** Reads {@code NAME=AMOUNT}. */
  static final class Converter implements ITypeConverter<Each> {

    @Override
    public Each convert(String text) {
      int equals = text.indexOf('=');
      try {
        if (equals > 0) {
          return new Each(text.substring(0, equals), Long.parseLong(text.substring(equals + 1)));
        }
      } catch (NumberFormatException e) {
        throw notOne(text);
      }
      throw notOne(text);
    }

    private static TypeConversionException notOne(String text) {
      return new TypeConversionException(
          "\"" + text + "\" is not NAME=AMOUNT, such as tokens=1200");
    }
  }
}
