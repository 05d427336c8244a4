package dev.headway.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.cli.option.RequestLimits;
import dev.headway.limit.Cost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a run of equal requests only repeats is not simulated, and counts as if it were. */
final class SteadyStateTest {

  private static final Demand ONE = new Demand(Cost.one(), "");
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private static RequestLimits limits(List<String> options) {
    RequestLimits limits = new RequestLimits();
    new CommandLine(limits).parseArgs(options.toArray(String[]::new));
    return limits;
  }

  private static Plan skipping(List<String> options, Demand demand, long took, long count) {
    Plan plan = new Plan(limits(options));
    plan.addAlike(demand, took, count);
    plan.finish();
    return plan;
  }

  private static Plan oneByOne(List<String> options, Demand demand, long took, long count) {
    Plan plan = new Plan(limits(options));
    for (long i = 0; i < count; i++) {
      plan.add(demand, took);
    }
    plan.finish();
    return plan;
  }

  private static String said(Plan plan) {
    PlanReport report = new PlanReport(plan, Duration.ZERO);
    return report.json()
        + plan.timeline().steps(400).all().stream()
            .map(step -> step.starts() + " " + step.waitsFor())
            .collect(Collectors.joining(", ", "[", "]"));
  }

  private static List<String> someLimits(Random random) {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--concurrency", "" + (1 + random.nextInt(12))));
    if (random.nextBoolean()) {
      options.addAll(List.of("--rate", 1 + random.nextInt(30) + "/s"));
    }
    if (random.nextBoolean()) {
      options.addAll(List.of("--rate", 10 + random.nextInt(90) + "/10s"));
    }
    if (random.nextBoolean()) {
      options.addAll(List.of("--spacing", 1 + random.nextInt(40) + "/s"));
    }
    if (random.nextBoolean()) {
      options.addAll(List.of("--count-from", random.nextBoolean() ? "start" : "end"));
    }
    if (random.nextInt(3) == 0) {
      options.addAll(List.of("--budget", "tokens=" + (90 + random.nextInt(500)) + "/7s"));
    }
    if (random.nextInt(4) == 0) {
      options.addAll(List.of("--per-host", 1 + random.nextInt(20) + "/s"));
    }
    return options;
  }

  @Test
  void whatIsSkippedCountsAsIfItWereSimulated() {
    for (int seed = 0; seed < 150; seed++) {
      Random random = new Random(seed);
      List<String> options = someLimits(random);
      long tokens = options.contains("--budget") ? 1 + random.nextInt(40) : 0;
      Cost cost = tokens == 0 ? Cost.one() : Cost.one().and("tokens", tokens);
      Demand demand = new Demand(cost, "");
      long took = random.nextInt(3) * 130L * MILLI + random.nextInt(2) * 1_234_567L;
      long count = 1L + random.nextInt(3_000);
      assertThat(said(skipping(options, demand, took, count)))
          .as("seed %d: %d of %s with %s, %d ns", seed, count, cost, options, took)
          .isEqualTo(said(oneByOne(options, demand, took, count)));
    }
  }

  @ParameterizedTest
  @Timeout(30)
  @ValueSource(
      strings = {
        "--rate 40/s",
        "--rate 500/m --rate 20000/h",
        "--rate 1000/s --concurrency 16",
        "--spacing 30/s --count-from end",
        "--per-host 7/s --rate 100/m"
      })
  void aBillionRequestsArePlannedInAnInstant(String options) {
    Plan plan = skipping(List.of(options.split(" ")), ONE, 300 * MILLI, 1_000_000_000);
    assertThat(plan.tally().requests()).isEqualTo(1_000_000_000);
    assertThat(plan.timeline().steps(20).all().stream().mapToLong(PlanTimeline.Step::starts).sum())
        .isEqualTo(1_000_000_000);
  }

  @Test
  void aRunThatTakesLongerThanTheTimeReachesIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> skipping(List.of("--rate", "1/h"), ONE, MILLI, 1_000_000_000))
        .withMessageContaining("250 years");
  }
}
