package dev.headway.cli.option;

import dev.headway.limit.Cost;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** The option that says what each item takes. */
public final class EachOption {

  @Option(
      names = "--each",
      paramLabel = "NAME=AMOUNT",
      converter = FixedCost.Converter.class,
      description = "What each takes of a budget, such as tokens=1200 (plan: with --requests).")
  private List<FixedCost> each = List.of();

  /** Made by picocli. */
  public EachOption() {}

  /** Whether it is given. */
  public boolean isGiven() {
    return !each.isEmpty();
  }

  /**
   * The cost of each.
   *
   * @param budgets the names of the budgets
   * @throws UsageException if there is no such budget
   */
  public Cost cost(Set<String> budgets) {
    return FixedCost.cost(each, budgets);
  }
}
