package dev.headway.cli.model.loops;

import dev.headway.testkit.SimulatedModel;
import dev.headway.testkit.SimulatedModel.Answer;
import dev.headway.testkit.VirtualTime;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The calls of one run, and what became of them.
 *
 * @param count how many there are, numbered from 0
 */
record Calls(int count, VirtualTime time, SimulatedModel provider, Tally tally) {

  /** The most tokens that an answer may have. */
  static final long MOST_OUTPUT = 1_000;

  private static final long SHORTEST_PROMPT = 200;

  /** What became of calls. */
  static final class Tally {
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    long answered() {
      return answered.get();
    }

    long refused() {
      return refused.get();
    }

    long failed() {
      return failed.get();
    }
  }

  /** The tokens of the prompt of a call: 200 to 399. */
  static long input(int number) {
    return SHORTEST_PROMPT + number * 7_919L % SHORTEST_PROMPT;
  }

  /** Makes a call. */
  Answer ask(int number) throws InterruptedException {
    Answer answer = provider.ask(number, input(number), MOST_OUTPUT);
    if (answer.status() == SimulatedModel.OK) {
      tally.answered.incrementAndGet();
    } else if (answer.status() == SimulatedModel.REFUSED) {
      tally.refused.incrementAndGet();
    }
    return answer;
  }

  /** A call was given up. */
  void fail() {
    tally.failed.incrementAndGet();
  }
}
