package dev.headway.cli.request;

import dev.headway.cli.option.CostPointer;
import dev.headway.limit.Cost;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What requests take of the limits.
 *
 * @param budgets what a cost may be in, besides permits
 * @param pointers where in the body of a request amounts of budgets stand
 */
record RequestCost(Set<String> budgets, List<CostPointer> pointers) {

  /** What the line says, and else what its body does. */
  Cost of(JsonNode request) {
    Cost cost = stated(request.path("cost"));
    for (CostPointer pointed : pointers) {
      if (!cost.budgets().containsKey(pointed.budget())) {
        long amount =
            pointed
                .in(request.path("body"))
                .orElseThrow(() ->
                    new IllegalArgumentException(
                        "its body has no amount of "
                            + pointed.budget()
                            + " at "
                            + pointed.pointer()));
        cost = cost.and(pointed.budget(), amount);
      }
    }
    return cost;
  }

  /** A number of permits, or an object of amounts by budget. */
  private Cost stated(JsonNode json) {
    if (json.isMissingNode() || json.isNull()) {
      return Cost.one();
    }
    if (json.isIntegralNumber() && json.canConvertToLong()) {
      return Cost.permits(json.longValue());
    }
    if (!json.isObject()) {
      throw new IllegalArgumentException(
          "its cost must be a number of permits, or an object such as {\"tokens\": 1200}, not "
              + RequestReader.shown(json));
    }
    long permits = 1;
    Map<String, Long> amounts = new HashMap<>();
    for (Map.Entry<String, JsonNode> amount : json.properties()) {
      if (!amount.getValue().isIntegralNumber() || !amount.getValue().canConvertToLong()) {
        throw new IllegalArgumentException(
            "its cost of "
                + RequestReader.shortened(amount.getKey())
                + " must be a whole number, not "
                + RequestReader.shown(amount.getValue()));
      }
      if (amount.getKey().equals(Cost.PERMITS)) {
        permits = amount.getValue().longValue();
      } else if (!budgets.contains(amount.getKey())) {
        String name = RequestReader.shortened(amount.getKey());
        throw new IllegalArgumentException(
            "its cost is in "
                + name
                + ", which have no limit: give one with --budget "
                + name
                + "=RATE");
      } else {
        amounts.put(amount.getKey(), amount.getValue().longValue());
      }
    }
    return new Cost(permits, amounts);
  }
}
