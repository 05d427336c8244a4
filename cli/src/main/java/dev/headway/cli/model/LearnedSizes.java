package dev.headway.cli.model;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What calls are expected to take, learned for each model from what earlier ones took.
 *
 * <p>Means are of all calls while there are fewer than 1,000, and from then on each new call moves
 * them by 1/1,000 of the difference. The rule:
 *
 * <ul>
 *   <li>The expected output is the mean of the squares of the outputs, divided by their mean, and
 *       never more than the request allows. This is the mean of the outputs in flight, which is
 *       more than that of all, since long answers are in flight for longer. While fewer than 50
 *       outputs have been seen, it is what the request allows, at most 1,000.
 *   <li>The expected input is the guess by the texts of the prompt, times the mean ratio of what
 *       the vendor counted to what was guessed, with that ratio's standard deviation added. Where a
 *       tokenizer is known this is next to nothing; where it is not, the sum of the prompts in
 *       flight is hardly ever more.
 * </ul>
 *
 * <p>No high quantile, since a budget holds the sum of many calls: what one takes above the mean,
 * others take below, and each is settled when it ends.
 */
final class LearnedSizes {

  private static final long FEW = 50;
  private static final long MEMORY = 1_000;
  private static final long UNKNOWN_OUTPUT = 1_000;

  /** Names of models come with requests. Beyond so many, others share one entry. */
  private static final int MOST_MODELS = 1_000;

  private final Map<String, Seen> models = new ConcurrentHashMap<>();

  /**
   * What was seen of a model: means.
   *
   * @param calls how many there were
   * @param output of the outputs
   * @param outputSquare of their squares
   * @param ratio of input to guess
   * @param ratioSquare of the squares of that
   */
  private record Seen(
      long calls, double output, double outputSquare, double ratio, double ratioSquare) {

    static final Seen NOTHING = new Seen(0, 0, 0, 0, 0);

    Seen with(long guess, Usage usage) {
      double weight = 1.0 / Math.min(calls + 1, MEMORY);
      double out = usage.output();
      double in = (double) usage.input() / guess;
      return new Seen(
          calls + 1,
          output + weight * (out - output),
          outputSquare + weight * (out * out - outputSquare),
          ratio + weight * (in - ratio),
          ratioSquare + weight * (in * in - ratioSquare));
    }

    double expectedOutput() {
      return calls < FEW ? UNKNOWN_OUTPUT : output == 0 ? 0 : outputSquare / output;
    }

    double expectedRatio() {
      double deviation = Math.sqrt(Math.max(0, ratioSquare - ratio * ratio));
      return calls == 0 ? 1 : ratio + deviation;
    }
  }

  private String key(ModelCall call) {
    return models.size() < MOST_MODELS || models.containsKey(call.model()) ? call.model() : "";
  }

  /** A call took so much. */
  void learn(ModelCall call, Usage usage) {
    models.compute(
        key(call), (model, seen) -> (seen == null ? Seen.NOTHING : seen).with(call.guess(), usage));
  }

  /** What a call is expected to hold of a budget while it is in flight; 1 or more of both. */
  Usage inFlight(ModelCall call) {
    Seen seen = models.getOrDefault(key(call), Seen.NOTHING);
    return usage(call, seen.expectedRatio(), seen.expectedOutput());
  }

  /** What a call is expected to have taken when it has ended; 1 or more of both. */
  Usage atEnd(ModelCall call) {
    Seen seen = models.getOrDefault(key(call), Seen.NOTHING);
    return usage(
        call, seen.calls == 0 ? 1 : seen.ratio, seen.calls < FEW ? UNKNOWN_OUTPUT : seen.output);
  }

  private static Usage usage(ModelCall call, double ratio, double output) {
    long most = call.maxOutput().orElse(Long.MAX_VALUE);
    return new Usage(
        Math.max(1, (long) Math.ceil(call.guess() * ratio)),
        Math.max(1, Math.min((long) Math.ceil(output), most)));
  }
}
