package dev.headway.cli.model.loops;

import dev.headway.testkit.SimulatedModel.Answer;
import java.time.Duration;

/**
 * The loop of openai-cookbook's {@code api_request_parallel_processor.py}, by its behaviour: one
 * capacity of tokens, of which a call takes its prompt and the most that its answer may have;
 * nothing is given back; 15 seconds of rest after a refusal; five attempts, before other calls.
 */
final class Cookbook extends CapacityLoop {

  private final Capacity[] tokens;

  Cookbook(double requestsPerMinute, double tokensPerMinute) {
    super(5, Duration.ofSeconds(15), requestsPerMinute);
    this.tokens = new Capacity[] {new Capacity(tokensPerMinute)};
  }

  @Override
  boolean retriesFirst() {
    return true;
  }

  @Override
  double[] expected(int number) {
    return new double[] {Calls.input(number) + Calls.MOST_OUTPUT};
  }

  @Override
  Capacity[] tokens() {
    return tokens;
  }

  @Override
  void ended(double[] taken, Answer answer) {
    // Nothing is given back.
  }
}
