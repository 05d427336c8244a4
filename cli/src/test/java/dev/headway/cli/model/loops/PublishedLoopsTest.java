package dev.headway.cli.model.loops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Rate;
import dev.headway.testkit.SimulatedModel;
import dev.headway.testkit.VirtualTime;
import org.junit.jupiter.api.Test;

/**
 * Published loops of calls of a language model, rewritten from their behaviour, and ours, on the
 * same simulated provider in virtual time. It prints the table of {@code docs/language-models.md},
 * for 2,000 calls, or for as many as {@code -Dcalls=20000} says.
 */
final class PublishedLoopsTest {

  private static final int CALLS = Integer.getInteger("calls", 2_000);

  private static Calls make(String name, Loop loop) throws Exception {
    VirtualTime time = new VirtualTime();
    SimulatedModel provider =
        new SimulatedModel(
            time,
            new SimulatedModel.Quotas(
                Rate.parse("500/m"), Rate.parse("200000/m"), Rate.parse("60000/m")),
            new SimulatedModel.Answers(150, 0.5, 0.01),
            2);
    Calls calls = new Calls(CALLS, time, provider, new Calls.Tally());
    time.run(() -> {
      loop.run(calls);
      return null;
    });
    System.out.printf(
        "%-24s %6.1f min, %5d refused, %d failed%n",
        name, minutes(calls), calls.tally().refused(), calls.tally().failed());
    assertThat(calls.tally().answered() + calls.tally().failed()).as(name).isEqualTo(CALLS);
    return calls;
  }

  private static double minutes(Calls calls) {
    return calls.time().elapsed().toNanos() / 60e9;
  }

  @Test
  void ours_is_done_first_and_nothing_of_it_is_refused() throws Exception {
    Calls ours = make("Headway", new Ours());
    Calls curator = make("curator", new Curator(500, 200_000, 60_000));
    Calls carefulCurator = make("curator at 75 %", new Curator(375, 150_000, 45_000));
    Calls cookbook = make("openai-cookbook", new Cookbook(500, 260_000));
    Calls carefulCookbook = make("openai-cookbook at 75 %", new Cookbook(375, 195_000));

    assertThat(ours.tally().refused()).isZero();
    assertThat(curator.tally().refused()).isPositive();
    assertThat(minutes(ours))
        .isLessThan(minutes(carefulCurator))
        .isLessThan(minutes(cookbook))
        .isLessThan(minutes(carefulCookbook));
  }
}
