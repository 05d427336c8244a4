package dev.headway.cli.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.cli.model.Preset.Meaning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

final class PresetsTest {

  @TempDir private Path folder;

  static List<String> names() {
    return Presets.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void each_preset_says_where_tokens_stand_and_what_slows_down(String name) {
    Preset preset = Presets.of(name);

    assertThat(preset.name()).isEqualTo(name);
    assertThat(preset.description()).isNotBlank();
    assertThat(List.of(preset.model(), preset.prompt(), preset.maxOutput()))
        .allSatisfy(places -> assertThat(places).isNotEmpty());
    assertThat(List.of(preset.input(), preset.output()))
        .allSatisfy(places -> assertThat(places).isNotEmpty());
    assertThat(preset.meaningOf(429, "")).contains(Meaning.SLOW_DOWN);
    assertThat(preset.meaningOf(500, "")).contains(Meaning.RETRYABLE);
    assertThat(preset.meaningOf(400, "{}")).isEmpty();
    assertThat(preset.key().isPresent()).isEqualTo(!name.equals("ollama"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "openai | {'usage': {'prompt_tokens': 19, 'completion_tokens': 10, 'total_tokens': 29}} |"
            + " 19 | 10",
        "openai | {'usage': {'input_tokens': 36, 'output_tokens': 87, 'total_tokens': 123}} | 36 |"
            + " 87",
        "anthropic | {'usage': {'input_tokens': 2095, 'cache_creation_input_tokens': 5,"
            + " 'cache_read_input_tokens': 900, 'output_tokens': 503}} | 2100 | 503",
        "gemini | {'usageMetadata': {'promptTokenCount': 4, 'candidatesTokenCount': 7,"
            + " 'thoughtsTokenCount': 20}} | 4 | 27",
        "azure | {'usage': {'prompt_tokens': 33, 'completion_tokens': 557}} | 33 | 557",
        "openrouter | {'usage': {'prompt_tokens': 14, 'completion_tokens': 163, 'cost': 0.1}} | 14"
            + " | 163",
        "ollama | {'done': true, 'prompt_eval_count': 26, 'eval_count': 298} | 26 | 298",
      })
  void tokens_are_read_from_responses_as_vendors_document_them(
      String name, String body, long input, long output) {
    assertThat(Presets.of(name).usage(body.replace('\'', '"').getBytes(UTF_8)))
        .contains(new Usage(input, output));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "openai | 429 | {'error': {'code': 'insufficient_quota'}} | FATAL",
        "openai | 429 | {'error': {'code': 'rate_limit_exceeded'}} | SLOW_DOWN",
        "anthropic | 529 | {'error': {'type': 'overloaded_error'}} | SLOW_DOWN",
        "anthropic | 400 | {'error': {'type': 'billing_error'}} | FATAL",
        "gemini | 503 | {'error': {'code': 503, 'status': 'UNAVAILABLE'}} | RETRYABLE",
        "openrouter | 402 | {'error': {'code': 402}} | FATAL",
        "openrouter | 200 | {'error': {'code': 429}} | SLOW_DOWN",
        "ollama | 503 | {'error': 'server busy'} | SLOW_DOWN",
      })
  void responses_mean_what_vendors_document(String name, int status, String body, Meaning meaning) {
    assertThat(Presets.of(name).meaningOf(status, body.replace('\'', '"')))
        .isEqualTo(Optional.of(meaning));
  }

  @Test
  void a_request_says_its_model_its_prompt_and_the_most_of_its_output() {
    TokenMeter meter = new TokenMeter(Presets.of("openai"), Map.of());
    ModelCall call =
        meter.call(
            JsonMapper.shared()
                .readTree(
                    """
                    {"model": "gpt-4o-mini", "max_tokens": 200, "messages": [
                      {"role": "user", "content": "The quick brown fox jumps over the lazy dog."}]}
                    """));

    assertThat(call).isEqualTo(new ModelCall("gpt-4o-mini", 17, OptionalLong.of(200)));
  }

  @Test
  void of_a_model_without_a_known_tokenizer_four_characters_are_a_token() {
    TokenMeter meter = new TokenMeter(Presets.of("anthropic"), Map.of());
    ModelCall call =
        meter.call(
            JsonMapper.shared()
                .readTree(
                    """
                    {"model": "claude", "max_tokens": 9, "system": "12345678", "messages": [
                      {"role": "user", "content": [{"type": "text", "text": "1234"}]}]}
                    """));

    assertThat(call).isEqualTo(new ModelCall("claude", 3 + 2 * 4 + 2 + 1, OptionalLong.of(9)));
  }

  @Test
  void a_file_is_a_preset_too() throws Exception {
    Path file = folder.resolve("own.json");
    Files.writeString(file, Presets.text("openai").replace("api.openai.com", "example.com"));

    assertThat(Presets.of(file.toString()).baseUrl()).isEqualTo("https://example.com");
  }

  static Stream<List<String>> mistakes() {
    return Stream.of(
        List.of("{", "it is not JSON: see line 1"),
        List.of("[]", "not an object"),
        List.of(edited("\"path\"", "\"paths\""), "it has a field \"paths\"; there are baseUrl,"),
        List.of(edited("\"/v1/chat/completions\"", "\"v1\""), "\"path\" must begin with a slash"),
        List.of(edited("\"https://api", "\"ftp://api"), "\"baseUrl\" must begin with http://"),
        List.of(
            edited("\"/usage/prompt_tokens\"", "\"usage\""), "in its \"usage.input\": \"usage\""),
        List.of(edited("[\"429\",", "[\"4290\","), "in its \"slowDown\": \"4290\" is neither"),
        List.of(edited("\"variable\"", "\"var\""), "a field \"key.var\""),
        List.of(edited("[\"/model\"]", "\"/model\""), "\"request.model\" must be a list"));
  }

  private static String edited(String from, String to) {
    String text = Presets.text("openai");
    assertThat(text).contains(from);
    return text.replace(from, to);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void a_file_that_is_none_is_refused_with_the_field_that_is_wrong(List<String> mistake)
      throws Exception {
    Path file = folder.resolve("own.json");
    Files.writeString(file, mistake.getFirst());

    assertThatThrownBy(() -> Presets.of(file.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("own.json\" is no preset: ")
        .hasMessageContaining(mistake.getLast());
  }

  @Test
  void an_unknown_name_is_refused_with_those_there_are() {
    assertThatThrownBy(() -> Presets.of("opnai"))
        .hasMessage(
            "there is no preset \"opnai\": write one of openai, anthropic, gemini, azure,"
                + " openrouter, ollama, or a file that ends in .json");
    assertThatThrownBy(() -> Presets.of("none.json")).hasMessageContaining("cannot be read");
  }
}
