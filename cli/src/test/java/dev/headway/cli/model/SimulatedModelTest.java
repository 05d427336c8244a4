package dev.headway.cli.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headway.Headway;
import dev.headway.Retry;
import dev.headway.cli.option.RequestLimits;
import dev.headway.limit.Cost;
import dev.headway.limit.Rate;
import dev.headway.testkit.SimulatedModel;
import dev.headway.testkit.SimulatedModel.Answer;
import dev.headway.testkit.VirtualTime;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Calls of a simulated provider in virtual time, which takes 500 requests, 200,000 input and 60,000
 * output tokens a minute: 10,000 calls for each, or as many as {@code -Dcalls=100000} says.
 */
final class SimulatedModelTest {

  private static final int CALLS = Integer.getInteger("calls", 10_000);
  private static final Price PRICE = Price.parse("in=0.15/M,out=0.60/M");

  @Command
  private static final class Options {
    @Mixin private final RequestLimits limits = new RequestLimits();
  }

  /** A run of many calls of the same model. */
  private static final class Run {

    private final VirtualTime time = new VirtualTime();
    private final SimulatedModel provider;
    private final long input;
    private final TokenMeter meter =
        new TokenMeter(
            Presets.of("anthropic"),
            Map.of(
                TokenMeter.INPUT,
                Rate.parse("200000/m"),
                TokenMeter.OUTPUT,
                Rate.parse("60000/m")));
    private final Spending spending = new Spending(0, OptionalDouble.empty());
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong inputs = new AtomicLong();
    private final AtomicLong outputs = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();

    /** Why requests were refused for their tokens or their number after the first minute. */
    private final List<String> refusals = Collections.synchronizedList(new ArrayList<>());

    /** What all will cost, by the first of so many calls. */
    private volatile double forecast;

    /** With prompts of {@code input} to twice as many tokens. */
    Run(long input, double medianOutput) {
      this.input = input;
      this.provider =
          new SimulatedModel(
              time,
              new SimulatedModel.Quotas(
                  Rate.parse("500/m"), Rate.parse("200000/m"), Rate.parse("60000/m")),
              new SimulatedModel.Answers(medianOutput, 0.5, 0.01),
              2);
    }

    /** Makes so many calls, and forecasts the cost of all when some have ended. */
    Run make(int calls, int forecastAfter) throws Exception {
      Options options = new Options();
      new CommandLine(options)
          .parseArgs(
              "--rate=500/m", "--budget=input-tokens=200000/m", "--budget=output-tokens=60000/m");
      Throttle throttle = options.limits.addTo(Throttle.builder().timeSource(time), 256).build();
      time.run(() -> {
        Headway.with(throttle)
            .concurrency(256)
            .retry(Retry.never().throttledUpTo(100))
            .map(
                IntStream.range(0, calls).boxed().toList(),
                i -> meter.cost(Cost.one(), call(i)),
                i -> {
                  ask(i);
                  if (ended.incrementAndGet() == forecastAfter) {
                    OptionalLong left = OptionalLong.of(calls - forecastAfter);
                    forecast = spending.money(left).projected().orElseThrow();
                  }
                  return i;
                })
            .toList();
        return null;
      });
      return this;
    }

    private void ask(int number) throws InterruptedException {
      Permit permit = Permit.current();
      ModelCall call = call(number);
      meter.starts(call, permit);
      long spent = spending.begin(PRICE.of(meter.expected(call))).orElseThrow();
      requests.incrementAndGet();
      Answer answer = provider.ask(number, tokens(number), 1_000);
      if (answer.status() != SimulatedModel.OK) {
        meter.refused(permit);
        spending.end(spent, 0);
        if (!answer.reason().equals("overloaded") && time.elapsed().toSeconds() >= 60) {
          refusals.add(answer.reason());
        }
        throw new ThrottledException(Duration.ofSeconds(1));
      }
      String body =
          "{\"usage\": {\"input_tokens\": %d, \"output_tokens\": %d}}"
              .formatted(answer.input(), answer.output());
      inputs.addAndGet(answer.input());
      outputs.addAndGet(answer.output());
      spending.end(spent, PRICE.of(meter.ended(call, body.getBytes(UTF_8), permit).orElseThrow()));
    }

    private long tokens(int number) {
      return input + number * 7_919L % input;
    }

    /** A tokenizer that is not quite the provider's: it counts a fifth less. */
    private ModelCall call(int number) {
      long guess = Math.max(1, Math.round(0.8 * tokens(number)));
      return new ModelCall("some", guess, OptionalLong.of(1_000));
    }

    /** How much of the quota of which most was used, from the first period on. */
    double used() {
      double minutes = time.elapsed().toNanos() / 60e9 - 1;
      double ofRequests = (requests.get() - 500) / (500 * minutes);
      double ofInputs = (inputs.get() - 200_000) / (200_000 * minutes);
      double ofOutputs = (outputs.get() - 60_000) / (60_000 * minutes);
      return Math.max(ofRequests, Math.max(ofInputs, ofOutputs));
    }
  }

  @ParameterizedTest
  @CsvSource({"100, 60, requests", "400, 60, inputs", "200, 150, outputs"})
  void no_token_is_refused_after_the_first_minute_and_the_binding_quota_is_used(
      long input, double medianOutput, String binding) throws Exception {
    Run run = new Run(input, medianOutput).make(CALLS, CALLS / 100);

    System.out.printf(
        "%s bind: %d calls in %.1f min, %.2f %% of the quota, refused after the first minute %s%n",
        binding, CALLS, run.time.elapsed().toNanos() / 60e9, 100 * run.used(), run.refusals);
    assertThat(run.ended.get()).isEqualTo(CALLS);
    assertThat(run.refusals).isEmpty();
    assertThat(run.used()).isBetween(0.98, 1.02);
  }

  /** 1,000 calls are one percent of 100,000, and say as much of fewer. */
  @Test
  void the_cost_is_forecast_within_3_percent_after_1_percent_of_100_000_calls() throws Exception {
    Run run = new Run(200, 150).make(CALLS, 1_000);

    double spent = run.spending.money(OptionalLong.empty()).spent();
    System.out.printf("forecast %.4f, spent %.4f%n", run.forecast, spent);
    assertThat(run.forecast).isCloseTo(spent, within(0.03 * spent));
  }
}
