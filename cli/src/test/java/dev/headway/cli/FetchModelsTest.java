package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.Scripted.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Calls of language models. */
@Timeout(60)
final class FetchModelsTest {

  private static final String OLLAMA = "{\"prompt_eval_count\": 10, \"eval_count\": 20}";
  private static final String OPENAI =
      "{\"choices\": [], \"usage\": {\"prompt_tokens\": 10, \"completion_tokens\": 20}}";

  @TempDir private Path folder;
  private Scripted server;
  private volatile Scripted.Script script = (request, count) -> new Answer(200, OLLAMA);

  @BeforeEach
  void serve() throws IOException {
    server = new Scripted((request, count) -> script.answer(request, count));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Cli fetch(String input, String... more) {
    List<String> arguments = new ArrayList<>(List.of("fetch", "--base-url", server.uri()));
    arguments.addAll(List.of(more));
    return Cli.run(input, arguments.toArray(String[]::new));
  }

  private static String lines(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i ->
            "{\"url\": \"/api/chat\", \"body\": {\"model\": \"m\", \"options\":"
                + " {\"num_predict\": 60}, \"prompt\": \"number "
                + i
                + "\"}}\n")
        .collect(Collectors.joining());
  }

  private static String batch(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i ->
            "{\"custom_id\": \"request-"
                + i
                + "\", \"method\": \"POST\", \"url\": \"/v1/chat/completions\", \"body\":"
                + " {\"model\": \"gpt-4o-mini\", \"messages\": [], \"max_tokens\": 60}}\n")
        .collect(Collectors.joining());
  }

  @Test
  void a_csv_of_prompts_becomes_results_with_their_tokens_and_costs() throws IOException {
    Path prompts = folder.resolve("prompts.csv");
    Files.writeString(prompts, "id,prompt\na,\"Say \"\"hi\"\"\"\nb,Go\n");

    Cli ran =
        fetch(
            "",
            "--preset=ollama",
            "--price=in=1/M,out=2/M",
            "--csv=" + prompts,
            "--body={\"model\": \"llama\", \"stream\": false, \"messages\": [{\"role\": \"user\","
                + " \"content\": \"{prompt}\"}]}");

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(server.paths()).containsOnly("/api/chat").hasSize(2);
    assertThat(server.requests().getFirst().body()).contains("\"Say \\\"hi\\\"\"");
    assertThat(ran.results())
        .extracting(each -> each.get("id").stringValue())
        .containsExactlyInAnyOrder("a", "b");
    assertThat(ran.results())
        .allSatisfy(result -> {
          assertThat(result.get("usage").toString()).contains("\"input\":10", "\"output\":20");
          assertThat(result.get("cost").decimalValue()).isEqualByComparingTo("0.00005");
        });
    assertThat(ran.messages()).contains("2 succeeded, 0 failed, 0.000100 spent");
  }

  @Test
  void what_was_expected_of_budgets_is_settled_by_what_was_used() {
    Cli ran =
        fetch(
            lines(3),
            "--preset=ollama",
            "-c=1",
            "--retries=0",
            "--budget=input-tokens=1000/h",
            "--budget=output-tokens=100/h",
            "-");

    // Each is expected to take 60 of the 100, and takes 20.
    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(ran.results()).hasSize(3);
  }

  @Test
  void a_presets_headers_and_key_are_sent_and_the_key_is_written_nowhere() throws Exception {
    script = (request, count) -> new Answer(200, OPENAI);
    Cli ran =
        Spawned.run(
            Map.of("ANTHROPIC_API_KEY", "sk-very-secret"),
            "{\"url\": \"/v1/messages\", \"body\": {\"model\": \"claude\", \"max_tokens\": 9}}\n",
            "fetch",
            "--base-url=" + server.uri(),
            "--preset=anthropic",
            "-");

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(server.requests().getFirst().headers().getFirst("x-api-key"))
        .isEqualTo("sk-very-secret");
    assertThat(server.requests().getFirst().headers().getFirst("anthropic-version"))
        .isEqualTo("2023-06-01");
    assertThat(ran.out() + ran.messages()).doesNotContain("sk-very-secret");
  }

  @Test
  void a_key_that_is_missing_is_reported_before_anything_is_sent() throws Exception {
    Cli ran =
        Spawned.run(
            Map.of(), lines(1), "fetch", "--base-url=" + server.uri(), "--preset=gemini", "-");

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages())
        .contains(
            "--preset gemini takes the key from the variable GEMINI_API_KEY: set it, or give"
                + " --header 'x-goog-api-key: …'");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void a_response_that_the_preset_calls_fatal_ends_the_run_resumably() {
    script = (request, count) -> new Answer(402, "{\"error\": {\"code\": 402}}");
    Cli ran = fetch(lines(3), "--preset=openrouter", "-H", "Authorization: Bearer x", "-c=1", "-");

    assertThat(ran.status()).as(ran.messages()).isEqualTo(75);
    assertThat(server.requests()).hasSize(1);
    assertThat(ran.messages()).contains("answered 402: {\"error\": {\"code\": 402}}");
  }

  @Test
  void a_response_that_the_preset_calls_retryable_is_retried_whatever_the_method() {
    script = (request, count) -> count == 1 ? new Answer(500, "") : new Answer(200, OLLAMA);
    Cli ran = fetch(lines(1), "--preset=ollama", "-");

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(ran.results().getFirst().get("attempts").intValue()).isEqualTo(2);
  }

  @Test
  void no_more_is_spent_than_may_be_and_a_resumed_run_goes_on_from_there() throws IOException {
    Path input = folder.resolve("lines");
    Path output = folder.resolve("results.jsonl");
    Files.writeString(input, lines(30));
    String[] command = {
      "--preset=ollama", "--price=out=0.05", "-c=3", "--output=" + output, input.toString()
    };

    Cli stopped = fetch("", with(command, "--max-spend=8.2"));

    // Each costs 1, and is expected to cost 3 until many have been seen: none begins after 6.
    assertThat(stopped.status()).as(stopped.messages()).isEqualTo(75);
    assertThat(stopped.messages())
        .contains("spent, and the next call would exceed --max-spend 8.20", "--resume");
    List<JsonNode> paid = Cli.results(Files.readString(output));
    assertThat(paid).hasSize(6).hasSameSizeAs(server.requests());

    Cli resumed = fetch("", with(command, "--resume", "--max-spend=100"));

    assertThat(resumed.status()).as(resumed.messages()).isEqualTo(0);
    assertThat(resumed.messages()).contains("30 succeeded, 0 failed, 30.00 spent");
    assertThat(server.requests()).extracting(Scripted.Came::body).doesNotHaveDuplicates();
    assertThat(server.requests()).hasSize(30);
  }

  private static String[] with(String[] command, String... more) {
    return Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void money_needs_a_price_and_a_price_a_preset() {
    assertThat(fetch("", "--price=in=1", "-").messages()).contains("--price needs --preset");
    assertThat(fetch("", "--max-spend=1", "-").messages()).contains("--max-spend needs --price");
    assertThat(fetch("", "--preset=ollama", "--price=x", "-").messages())
        .contains("\"x\" is not a price, such as in=0.15/M,out=0.60/M");
    assertThat(fetch("", "--preset=nope", "-").messages()).contains("there is no preset \"nope\"");
  }

  @Test
  void a_batch_file_runs_live_and_its_results_are_the_lines_of_a_batch() {
    script =
        (request, count) ->
            count == 2
                ? new Answer(400, "{\"error\": {\"message\": \"too long\"}}")
                : new Answer(200, OPENAI, "x-request-id", "req_" + count);
    Cli ran =
        fetch(
            batch(3),
            "--preset=openai",
            "-H=Authorization: Bearer x",
            "--output-format=openai-batch",
            "-c=1",
            "--ordered",
            "-");

    assertThat(ran.status()).as(ran.messages()).isEqualTo(1);
    assertThat(server.paths()).containsOnly("/v1/chat/completions");
    List<JsonNode> results = ran.results();
    assertThat(results)
        .extracting(each -> each.get("custom_id").stringValue())
        .containsExactly("request-1", "request-2", "request-3");
    assertThat(results)
        .allSatisfy(each -> {
          assertThat(each.propertyNames()).containsExactly("id", "custom_id", "response", "error");
          assertThat(each.get("id").stringValue()).matches("batch_req_[0-9a-f]{16}");
          assertThat(each.get("response").propertyNames())
              .containsExactly("status_code", "request_id", "body");
          assertThat(each.get("error").isNull()).isTrue();
        });
    assertThat(results.getFirst().at("/response/request_id").stringValue()).isEqualTo("req_1");
    assertThat(results.getFirst().at("/response/body/usage/prompt_tokens").intValue())
        .isEqualTo(10);
    assertThat(results.get(1).at("/response/status_code").intValue()).isEqualTo(400);
    assertThat(results.get(1).at("/response/body/error/message").stringValue())
        .isEqualTo("too long");
  }

  @Test
  void a_request_without_a_response_is_an_error_line_of_a_batch() {
    Cli ran =
        Cli.run(
            batch(1),
            "fetch",
            "--base-url=http://127.0.0.1:1",
            "--preset=openai",
            "-H=Authorization: Bearer x",
            "--output-format=openai-batch",
            "--retries=0",
            "-");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.results().getFirst().get("response").isNull()).isTrue();
    assertThat(ran.results().getFirst().at("/error/code").stringValue())
        .isEqualTo("request_failed");
    assertThat(ran.results().getFirst().at("/error/message").stringValue())
        .contains("no connection");
  }

  @Test
  void a_run_whose_results_are_a_batch_is_resumed_and_knows_what_was_spent() throws IOException {
    script = (request, count) -> count == 3 ? new Answer(400, "{}") : new Answer(200, OPENAI);
    Path input = folder.resolve("batch.jsonl");
    Path output = folder.resolve("results.jsonl");
    String[] command = {
      "--preset=openai",
      "--price=out=0.05",
      "-H=Authorization: Bearer x",
      "--output-format=openai-batch",
      "-c=1",
      "--output=" + output,
      input.toString()
    };
    Files.writeString(input, batch(3));
    assertThat(fetch("", command).status()).isEqualTo(1);
    Files.writeString(input, batch(5));

    Cli resumed = fetch("", with(command, "--resume", "--retry-failed"));

    assertThat(resumed.status()).as(resumed.messages()).isEqualTo(0);
    assertThat(server.requests()).hasSize(6);
    assertThat(resumed.messages()).contains("5 succeeded, 0 failed, 5.00 spent");
    List<String> ids =
        Cli.results(Files.readString(output)).stream()
            .map(each -> each.get("custom_id").stringValue())
            .toList();
    assertThat(ids).hasSize(5);
    assertThat(new HashSet<>(ids)).hasSize(5);
  }

  @Test
  void a_plan_says_what_calls_cost_without_a_key() {
    Cli plan =
        Cli.run(batch(10), "plan", "--preset=openai", "--rate=5/s", "--price=in=1/M,out=0.01", "-");

    assertThat(plan.status()).as(plan.messages()).isEqualTo(0);
    assertThat(plan.out()).contains("  costs at most 6.00: 30 tokens in, 600 out\n");
  }

  @Test
  void a_plan_knows_from_an_earlier_run_how_long_answers_are() throws IOException {
    Path earlier = folder.resolve("earlier.jsonl");
    Files.writeString(
        earlier,
        "{\"id\": 1, \"attempts\": 1, \"tookMs\": 5, \"usage\": {\"input\": 3, \"output\": 30}}\n");
    Cli plan =
        Cli.run(
            batch(10),
            "plan",
            "--preset=openai",
            "--rate=5/s",
            "--price=in=1/M,out=0.01",
            "--latency-from=" + earlier,
            "--json",
            "-");

    assertThat(plan.status()).as(plan.messages()).isEqualTo(0);
    assertThat(plan.results().getFirst().get("cost").decimalValue())
        .isEqualByComparingTo("3.00003");
    assertThat(plan.results().getFirst().get("outputTokens").intValue()).isEqualTo(300);
  }
}
