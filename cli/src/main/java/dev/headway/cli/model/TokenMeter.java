package dev.headway.cli.model;

import dev.headway.limit.Cost;
import dev.headway.limit.Rate;
import dev.headway.throttle.Permit;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * Keeps calls of language models within budgets of tokens: {@code input-tokens} and {@code
 * output-tokens}, each settled by itself, and {@code tokens}, which is both together: as OpenAI
 * counts, the most that an answer may have while the call is in flight.
 *
 * <p>A call takes what it is expected to ({@link LearnedSizes}) when it waits, anew when it starts,
 * since it may have waited for long, and what it took in fact when its response is there. One that
 * the server refused took nothing.
 */
public final class TokenMeter {

  /** The budget of inputs and outputs together. */
  public static final String TOKENS = "tokens";

  /** The budget of inputs. */
  public static final String INPUT = "input-tokens";

  /** The budget of outputs. */
  public static final String OUTPUT = "output-tokens";

  private final Preset preset;
  private final Map<String, Rate> budgets;
  private final LearnedSizes sizes = new LearnedSizes();

  /**
   * Nothing has been learned yet.
   *
   * @param preset says where tokens stand
   * @param budgets the rates of those budgets whose amounts are estimated; others are left alone
   */
  public TokenMeter(Preset preset, Map<String, Rate> budgets) {
    this.preset = preset;
    this.budgets = Map.copyOf(budgets);
  }

  /**
   * What a request asks for.
   *
   * @param body its body
   */
  public ModelCall call(JsonNode body) {
    String model =
        preset.model().stream()
            .map(body::at)
            .filter(JsonNode::isString)
            .map(JsonNode::stringValue)
            .findFirst()
            .orElse("");
    OptionalLong most =
        preset.maxOutput().stream()
            .map(body::at)
            .filter(JsonNode::canConvertToLong)
            .mapToLong(JsonNode::longValue)
            .filter(amount -> amount > 0)
            .findFirst();
    return new ModelCall(model, PromptTokens.guess(model, preset, body), most);
  }

  /** What a call is expected to have taken when it has ended. */
  public Usage expected(ModelCall call) {
    return sizes.atEnd(call);
  }

  /** A cost with what a call is expected to take, where it does not say that itself. */
  public Cost cost(Cost stated, ModelCall call) {
    Usage expected = sizes.inFlight(call);
    Cost cost = stated;
    for (Map.Entry<String, Rate> budget : budgets.entrySet()) {
      if (!stated.budgets().containsKey(budget.getKey())) {
        // What is more than all of a budget could never start.
        long amount = Math.min(held(budget.getKey(), call, expected), budget.getValue().permits());
        cost = cost.and(budget.getKey(), Math.max(1, amount));
      }
    }
    return cost;
  }

  private static long amount(String budget, Usage usage) {
    return switch (budget) {
      case TOKENS -> usage.input() + usage.output();
      case INPUT -> usage.input();
      case OUTPUT -> usage.output();
      default -> throw new IllegalArgumentException("\"" + budget + "\" is no budget of tokens");
    };
  }

  /** What a call in flight holds of a budget: of both together, all that it may have. */
  private static long held(String budget, ModelCall call, Usage expected) {
    return budget.equals(TOKENS)
        ? expected.input() + call.maxOutput().orElse(expected.output())
        : amount(budget, expected);
  }

  /** A call starts, or starts again: it takes what it is expected to by now. */
  public void starts(ModelCall call, Permit permit) {
    Usage expected = sizes.inFlight(call);
    budgets.keySet().forEach(budget -> permit.settle(budget, held(budget, call, expected)));
  }

  /** The server refused a call. */
  public void refused(Permit permit) {
    settle(permit, Usage.NONE);
  }

  /**
   * A call has ended.
   *
   * @param body its response, which says what it took; it stays at what was expected otherwise
   * @return what it took, if the response says so
   */
  public Optional<Usage> ended(ModelCall call, byte[] body, Permit permit) {
    Optional<Usage> usage = preset.usage(body);
    usage.ifPresent(taken -> {
      sizes.learn(call, taken);
      settle(permit, taken);
    });
    return usage;
  }

  private void settle(Permit permit, Usage usage) {
    budgets.keySet().forEach(budget -> permit.settle(budget, amount(budget, usage)));
  }
}
