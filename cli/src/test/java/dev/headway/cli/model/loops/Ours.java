package dev.headway.cli.model.loops;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headway.Headway;
import dev.headway.Retry;
import dev.headway.cli.model.ModelCall;
import dev.headway.cli.model.OutputLimit;
import dev.headway.cli.model.Presets;
import dev.headway.cli.model.TokenMeter;
import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.testkit.SimulatedModel;
import dev.headway.testkit.SimulatedModel.Answer;
import dev.headway.testkit.SimulatedModel.Quotas;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** {@code headway fetch --preset} with budgets of inputs and outputs, but for HTTP. */
final class Ours implements Loop {

  private static final int AT_ONCE = 256;
  private static final Counted ARRIVAL = Counted.onArrival(Duration.ofSeconds(1));

  @Override
  public void run(Calls calls) throws Exception {
    Quotas quotas = calls.provider().quotas();
    Throttle throttle =
        Throttle.builder()
            .timeSource(calls.time())
            .rate(quotas.requests(), ARRIVAL)
            .budget(TokenMeter.INPUT, quotas.inputs(), ARRIVAL)
            .limit(TokenMeter.OUTPUT, new OutputLimit(quotas.outputs()))
            .build();
    TokenMeter meter =
        new TokenMeter(
            Presets.of("anthropic"),
            Map.of(TokenMeter.INPUT, quotas.inputs(), TokenMeter.OUTPUT, quotas.outputs()));
    Headway.with(throttle)
        .concurrency(AT_ONCE)
        .retry(Retry.never().throttledUpTo(100))
        .map(
            IntStream.range(0, calls.count()).boxed().toList(),
            number -> meter.cost(Cost.one(), call(number)),
            number -> ask(calls, meter, number))
        .toList();
  }

  private static ModelCall call(int number) {
    return new ModelCall("some", Calls.input(number), OptionalLong.of(Calls.MOST_OUTPUT));
  }

  private static Answer ask(Calls calls, TokenMeter meter, int number) throws InterruptedException {
    Permit permit = Permit.current();
    meter.starts(call(number), permit);
    Answer answer = calls.ask(number);
    if (answer.status() != SimulatedModel.OK) {
      meter.refused(permit);
      throw new ThrottledException(Duration.ofSeconds(1));
    }
    String body =
        "{\"usage\": {\"input_tokens\": %d, \"output_tokens\": %d}}"
            .formatted(answer.input(), answer.output());
    var unused = meter.ended(call(number), body.getBytes(UTF_8), permit);
    return answer;
  }
}
