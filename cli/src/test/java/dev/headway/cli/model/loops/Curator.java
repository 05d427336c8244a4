package dev.headway.cli.model.loops;

import dev.headway.testkit.SimulatedModel;
import dev.headway.testkit.SimulatedModel.Answer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The loop of bespokelabs' curator, by its behaviour with separate limits: capacities of inputs and
 * of outputs; the expected output is the mean of the last 50, and at first a quarter of the most;
 * what a call did not take is given back when it ends; 10 seconds of rest after a refusal; ten
 * retries, after all other calls.
 */
final class Curator extends CapacityLoop {

  private static final int WINDOW = 50;

  private final Capacity[] tokens;
  private final Deque<Long> outputs = new ArrayDeque<>();

  Curator(double requestsPerMinute, double inputsPerMinute, double outputsPerMinute) {
    super(11, Duration.ofSeconds(10), requestsPerMinute);
    this.tokens = new Capacity[] {new Capacity(inputsPerMinute), new Capacity(outputsPerMinute)};
  }

  @Override
  boolean retriesFirst() {
    return false;
  }

  @Override
  double[] expected(int number) {
    double output =
        outputs.stream().mapToLong(Long::longValue).average().orElse(Calls.MOST_OUTPUT / 4.0);
    return new double[] {Calls.input(number), Math.ceil(output)};
  }

  @Override
  Capacity[] tokens() {
    return tokens;
  }

  @Override
  void ended(double[] taken, Answer answer) {
    tokens[0].take(answer.input() - taken[0]);
    tokens[1].take(answer.output() - taken[1]);
    if (answer.status() == SimulatedModel.OK) {
      outputs.add(answer.output());
      if (outputs.size() > WINDOW) {
        outputs.remove();
      }
    }
  }
}
