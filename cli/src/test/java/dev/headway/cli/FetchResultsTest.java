package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** How results are written: parts of responses, and tables. */
@Timeout(60)
final class FetchResultsTest {

  private static final String ANSWER =
      """
      {"choices": [{"text": "Hi, \\"Ada\\"\\nand =1"}], "usage": {"total": 1.50}, "none": null}\
      """;

  @TempDir private Path folder;

  private Scripted server;

  @BeforeEach
  void serve() throws IOException {
    server =
        new Scripted((request, count) ->
            switch (request.path()) {
              case "/text" -> new Scripted.Answer(200, "no JSON");
              case "/missing" -> new Scripted.Answer(404, "{\"why\": \"no such thing\"}");
              default -> new Scripted.Answer(200, ANSWER, "X-One", "1");
            });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Cli fetch(String input, String... more) {
    String[] arguments = new String[more.length + 5];
    arguments[0] = "fetch";
    arguments[1] = "--ordered";
    arguments[2] = "--quiet";
    System.arraycopy(more, 0, arguments, 3, more.length);
    arguments[more.length + 3] = "--base-url";
    arguments[more.length + 4] = server.uri();
    return Cli.run(input, arguments);
  }

  @Test
  void parts_of_a_json_response_are_written_rather_than_its_body() {
    Cli ran =
        fetch(
            "/a\n/text\n/missing\n",
            "--select=answer=/choices/0/text",
            "--select=/usage/total",
            "--select=/none",
            "--select=/no/such",
            "-");

    JsonNode first = ran.results().get(0);
    assertThat(ran.out().lines().findFirst().orElseThrow()).contains("\"total\":1.50");
    assertThat(first.get("selected").get("answer").asString()).isEqualTo("Hi, \"Ada\"\nand =1");
    assertThat(first.get("selected").get("none").isNull()).isTrue();
    assertThat(first.get("selected").get("such").isNull()).isTrue();
    assertThat(first.has("body")).isFalse();
    assertThat(ran.results().get(1).get("body").asString()).isEqualTo("no JSON");
    assertThat(ran.results().get(1).has("selected")).isFalse();
    assertThat(ran.results().get(2).get("body").asString()).contains("no such thing");
  }

  @Test
  void a_part_is_selected_of_a_saved_body_too() {
    Cli ran = fetch("/a\n", "--select=/usage/total", "--bodies", folder.resolve("out") + "", "-");

    assertThat(ran.results().getFirst().get("selected").get("total").asDouble()).isEqualTo(1.5);
    assertThat(Path.of(ran.results().getFirst().get("bodyFile").asString())).hasContent(ANSWER);
  }

  @Test
  void results_are_a_table_with_the_columns_of_the_input() throws IOException {
    Path table = Files.writeString(folder.resolve("t.csv"), "id,name,town\n7,a,\"x,y\"\n8,text,\n");
    Cli ran =
        fetch(
            "",
            "--csv=" + table,
            "--url=/{name}",
            "--output-format=csv",
            "--select=answer=/choices/0/text",
            "--headers=x-one");

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(ran.out())
        .startsWith(
            "id,url,town,status,attempts,startedAt,waitedMs,tookMs,error,headers,answer,body,"
                + "bodyBase64\n7,"
                + server.uri()
                + "/a,\"x,y\",200,1,")
        .contains(",,\"{\"\"x-one\"\":\"\"1\"\"}\",\"Hi, \"\"Ada\"\"\nand =1\",,\n8,")
        .endsWith(",,,,no JSON,\n");
  }

  @Test
  void a_field_without_a_column_is_reported_once() {
    String lines = "{\"url\": \"/a\", \"n\": 1}\n{\"url\": \"/b\", \"m\": 2}\n".repeat(2);
    Cli ran = fetch(lines, "--output-format=csv", "-");

    assertThat(ran.messages().lines())
        .containsExactly(
            "headway: line 2: \"m\" has no column: the first result decides which there are");
    assertThat(ran.out().lines().findFirst().orElseThrow())
        .isEqualTo("id,url,n,status,attempts,startedAt,waitedMs,tookMs,error,body,bodyBase64");
  }

  @Test
  void a_table_that_is_interrupted_is_not_said_to_be_resumable() throws IOException {
    Path output = folder.resolve("results.csv");
    Cli ran =
        fetch(
            "/missing\n/missing\n", "--output-format=csv", "-o" + output, "--max-failures=1", "-");

    assertThat(ran.status()).isEqualTo(75);
    assertThat(ran.messages()).contains("stopped: ").doesNotContain("--resume");
    assertThat(Files.readString(output)).startsWith("id,url,status");
    assertThat(folder.resolve("results.csv.headway")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--output-format=xml -              | --output-format: \"xml\" is not jsonl, csv or"
            + " openai-batch",
        "--output-format=csv --resume -ox - | --resume can only continue results with"
            + " --output-format jsonl",
        "--select=answer -                  | --select: \"answer\" is not [NAME=]/POINTER",
        "--select=/a/x --select=/b/x -      | --select: \"x\" is the name of another field",
        "--select=/status -                 | --select: \"status\" is the name of another field",
      })
  void wrong_usage_is_told(String line, String told) {
    Cli ran = fetch("", line.strip().split(" +"));

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).startsWith("headway: ").contains(told);
  }
}
