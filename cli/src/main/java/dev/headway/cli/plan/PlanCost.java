package dev.headway.cli.plan;

import dev.headway.cli.model.Money;
import dev.headway.cli.model.Price;
import dev.headway.cli.model.Usage;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What the calls of a plan are expected to cost. */
final class PlanCost {

  private final Price price;
  private final OptionalDouble meanOutput;
  private long input;
  private double output;

  /**
   * Nothing yet.
   *
   * @param meanOutput how many tokens answers had in an earlier run, if that is known
   */
  PlanCost(Price price, OptionalDouble meanOutput) {
    this.price = price;
    this.meanOutput = meanOutput;
  }

  /**
   * Adds calls.
   *
   * @param each what one takes, its output at most
   */
  void add(Usage each, long count) {
    input += each.input() * count;
    double most = (double) each.output();
    output += Math.min(most, meanOutput.orElse(most)) * count;
  }

  private double cost() {
    return price.input() * input + price.output() * output;
  }

  /** Such as {@code costs 0.45: 1000 tokens in, 500 out}. */
  String text() {
    return String.format(
        Locale.ROOT,
        "costs %s%s: %d tokens in, %d out",
        meanOutput.isPresent() ? "" : "at most ",
        Money.amount(cost()),
        input,
        Math.round(output));
  }

  /** For machines. */
  void addTo(Map<String, Object> json) {
    json.put("cost", Money.exact(cost()));
    json.put("inputTokens", input);
    json.put("outputTokens", Math.round(output));
  }
}
