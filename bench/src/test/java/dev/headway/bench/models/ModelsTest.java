package dev.headway.bench.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelsTest {

  private static final int CALLS = 1_500;

  private static Loop loop(String name) {
    Supplier<Loop> loop = Models.loops().get(name);
    assertThat(loop).isNotNull();
    return loop.get();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Headway", "curator", "openai-cookbook"})
  void eachLoopMakesAllCalls(String name) {
    Calls calls = Models.calls(CALLS);

    double minutes = Models.minutes(calls, loop(name));

    assertThat(calls.tally().answered() + calls.tally().failed()).isEqualTo(CALLS);
    // 1,500 answers of 170 tokens are more than four quotas.
    assertThat(minutes).isBetween(3.0, 20.0);
  }
}
