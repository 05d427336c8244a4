package dev.headway.cli.option;

import dev.headway.limit.Cost;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What each item takes of a budget.
 *
 * @param name the budget's, or that of permits
 * @param amount how much
 */
public record FixedCost(String name, long amount) {

  /**
   * One permit and what else is said.
   *
   * @param budgets the budgets there are
   * @throws UsageException if one of them is none of these, or cannot be taken
   */
  public static Cost cost(List<FixedCost> all, Set<String> budgets) {
    Cost cost = Cost.one();
    for (FixedCost each : all) {
      if (!each.name.equals(Cost.PERMITS) && !budgets.contains(each.name)) {
        throw new UsageException(
            "there is no budget "
                + each.name
                + ": give it one with --budget "
                + each.name
                + "=RATE");
      }
      try {
        cost = cost.with(each.name, each.amount);
      } catch (IllegalArgumentException e) {
        throw new UsageException("--each: " + e.getMessage(), e);
      }
    }
    return cost;
  }

  /** Reads {@code NAME=AMOUNT}. */
  public static final class Converter implements ITypeConverter<FixedCost> {

    @Override
    public FixedCost convert(String text) {
      int equals = text.indexOf('=');
      try {
        if (equals > 0) {
          return new FixedCost(
              text.substring(0, equals), Long.parseLong(text.substring(equals + 1)));
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
