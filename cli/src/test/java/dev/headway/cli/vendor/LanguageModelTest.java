package dev.headway.cli.vendor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LanguageModelTest {

  private static JsonNode call(String content) {
    return JsonMapper.shared()
        .readTree("{\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]}");
  }

  @Test
  void sizes_are_log_normal_with_the_median_that_is_given() {
    LanguageModel model = new LanguageModel(new ModelSettings(5, 300, OptionalDouble.empty()));
    double[] logarithms =
        IntStream.range(0, 20_000)
            .mapToDouble(
                i -> Math.log(model.complete(call("" + i), Long.MAX_VALUE).tokens() / 300.0))
            .sorted()
            .toArray();
    double mean =
        IntStream.range(0, 20_000).mapToDouble(i -> logarithms[i]).average().orElseThrow();
    double variance =
        IntStream.range(0, 20_000)
            .mapToDouble(i -> (logarithms[i] - mean) * (logarithms[i] - mean))
            .average()
            .orElseThrow();

    assertThat(logarithms[10_000]).isCloseTo(0, within(0.03));
    assertThat(mean).isCloseTo(0, within(0.03));
    assertThat(Math.sqrt(variance)).isCloseTo(0.7, within(0.03));
  }

  @Test
  void the_same_request_gets_the_same_completion_with_the_same_seed_only() {
    LanguageModel model = new LanguageModel(new ModelSettings(1, 120, OptionalDouble.empty()));
    Completion first = model.complete(call("hello"), 1_000);

    assertThat(new LanguageModel(ModelSettings.USUAL).complete(call("hello"), 1_000))
        .isEqualTo(first);
    assertThat(
            new LanguageModel(new ModelSettings(2, 120, OptionalDouble.empty()))
                .complete(call("hello"), 1_000))
        .isNotEqualTo(first);
    assertThat(model.complete(call("hello!"), 1_000)).isNotEqualTo(first);
  }

  @Test
  void a_completion_is_no_longer_than_the_maximum_and_takes_as_long_as_its_tokens_do() {
    LanguageModel model = new LanguageModel(new ModelSettings(1, 500, OptionalDouble.of(20)));
    Completion completion = model.complete(call("hello"), 10);

    assertThat(completion.tokens()).isEqualTo(10);
    assertThat(completion.truncated()).isTrue();
    assertThat(completion.takes()).isEqualTo(Duration.ofMillis(500));
    assertThat(model.complete(call("hello"), 100_000).truncated()).isFalse();
  }
}
