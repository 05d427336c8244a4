package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What lines and tables say, what is sent of it, and what of it is in results. */
@Timeout(60)
final class FetchLinesTest {

  @TempDir private Path folder;

  private final List<String> headers = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private Scripted server;

  @BeforeEach
  void serve() throws IOException {
    server =
        new Scripted((request, count) -> {
          headers.add(String.valueOf(request.headers().getFirst("X-N")));
          bodies.add(request.body());
          return new Scripted.Answer(200, "fine");
        });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Cli fetch(String input, String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "fetch";
    arguments[1] = "--ordered";
    arguments[2] = "--quiet";
    System.arraycopy(more, 0, arguments, 3, more.length);
    return Cli.run(input, arguments);
  }

  @Test
  void a_url_is_sent_as_people_write_it_and_the_result_has_the_text_of_the_line() {
    String path = "/a b|{c}%/ü?q=x y#part";
    JsonNode result = fetch(server.uri() + path + "\n", "-").results().getFirst();

    assertThat(server.paths()).containsExactly("/a%20b%7C%7Bc%7D%25/%C3%BC?q=x%20y");
    assertThat(result.get("url").asString()).isEqualTo(server.uri() + path);
    assertThat(result.get("status").asInt()).isEqualTo(200);
  }

  @Test
  void fields_that_are_none_of_a_request_are_in_its_result() {
    String line =
        "{\"custom_id\": \"r-1\", \"url\": \"%s/a\", \"metadata\": {\"n\": 1.50}, \"status\":"
                .formatted(server.uri())
            + " \"open\"}\n";
    JsonNode result = fetch(line, "-").results().getFirst();

    assertThat(result.get("custom_id").asString()).isEqualTo("r-1");
    assertThat(result.get("metadata").toString()).isEqualTo("{\"n\":1.5}");
    assertThat(result.get("line.status").asString()).isEqualTo("open");
    assertThat(result.get("status").asInt()).isEqualTo(200);
  }

  @Test
  void lines_that_differ_only_in_such_a_field_are_told_apart_when_a_run_is_resumed()
      throws IOException {
    Path output = folder.resolve("results.jsonl");
    String first = "{\"url\": \"" + server.uri() + "/a\", \"row\": 1}\n";
    String second = first.replace("1}", "2}");
    fetch(second, "--output=" + output, "-");
    fetch(first + second, "--output=" + output, "--resume", "-");

    assertThat(Cli.results(Files.readString(output)))
        .extracting(result -> result.get("row").asInt())
        .containsExactly(2, 1);
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void a_field_that_is_called_like_one_of_a_result_makes_no_result_a_failure() throws IOException {
    Path output = folder.resolve("results.jsonl");
    String line =
        "{\"url\": \"%s/a\", \"error\": \"e\", \"response\": {\"status_code\": 500}, \"input\": 5}\n"
            .formatted(server.uri());
    fetch(line, "--output=" + output, "-");
    fetch(line, "--output=" + output, "--resume", "--retry-failed", "-");

    JsonNode result = Cli.results(Files.readString(output)).getFirst();
    assertThat(result.get("line.response").get("status_code").asInt()).isEqualTo(500);
    assertThat(result.get("line.error").asString()).isEqualTo("e");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void columns_that_nothing_uses_are_in_results() throws IOException {
    Path table =
        Files.writeString(folder.resolve("t.csv"), "id;name;town\n7;Ada;Paris\n8;Bob;Rome\n");
    Cli ran = fetch("", "--csv=" + table, "--delimiter=;", "--url=" + server.uri() + "/{name}");

    assertThat(server.paths()).containsExactlyInAnyOrder("/Ada", "/Bob");
    assertThat(ran.results())
        .extracting(result -> result.get("id").asString() + result.get("town").asString())
        .containsExactly("7Paris", "8Rome");
    assertThat(ran.results()).noneMatch(result -> result.has("name"));
  }

  @Test
  void lines_of_json_are_a_table_for_a_template() {
    String lines =
        """
        {"id": 7, "name": "Ada L", "town": {"zip": "1&2"}, "rest": [1]}
        {"name": null}
        """;
    Cli ran = fetch(lines, "--url=" + server.uri() + "/{name}?z={/town/zip}", "-");

    assertThat(server.paths()).containsExactly("/Ada%20L?z=1%262");
    assertThat(ran.results().get(0).get("id").asInt()).isEqualTo(7);
    assertThat(ran.results().get(0).get("rest").toString()).isEqualTo("[1]");
    assertThat(ran.results().get(1).get("error").asString())
        .contains("line 2: there is no column", "for --url");
  }

  @Test
  void placeholders_in_headers_are_filled_in() throws IOException {
    Path table = Files.writeString(folder.resolve("t.csv"), "id,url\n7," + server.uri() + "/a\n");
    fetch("", "--csv=" + table, "--header", "X-N: n-{id}");
    fetch(server.uri() + "/b\n", "--header", "X-N: {}", "-");
    fetch("{\"url\": \"" + server.uri() + "/c\", \"n\": 5}\n", "--header", "X-N: {n}", "-");

    assertThat(headers).containsExactly("n-7", server.uri() + "/b", "5");
  }

  @Test
  void a_value_that_fills_a_place_is_no_place_and_no_variable() {
    fetch(
        "{\"a\": \"{b}${PATH}\", \"b\": 1}\n",
        "--url=" + server.uri() + "/{b}",
        "--header=X-N: {a}",
        "--body=x{a}",
        "-");

    assertThat(headers).containsExactly("{b}${PATH}");
    assertThat(bodies).containsExactly("x{b}${PATH}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--url=SERVER/{a} -                | lines have no columns, so there is no {a} for --url",
        "--csv=t.csv --url=SERVER/{a}      | there is no column \"a\" for --url: there are [id,"
            + " name]",
        "--csv=t.csv --url=SERVER/{id} --header X:{a} | there is no column \"a\" for --header X:"
            + " there are [id, name]",
        "--csv=t.csv --url=SERVER/{}       | lines have columns, so {} in --url has no value",
        "--header X-N:{id} -               | lines have no columns, so there is no {id} for"
            + " --header",
        "--header X-N:é -                  | the header \"X-N\" has characters in its value that"
            + " are not ASCII",
        "--header Host:x -                 | the header \"Host\" is set by headway itself",
        "--url=http://a_b.example/{} -     | has a host with _ in its name",
        "--url={} -                        | --url must begin with http:// or https://",
        "--url=SERVER/ --body @no-such -   | --body: cannot read \"no-such\": there is no such"
            + " file",
        "--base-url=nowhere -              | \"nowhere\" cannot be fetched",
        "--base-url=http://h/?a -          | has a query or a fragment",
      })
  void what_no_request_can_have_is_told_once_before_the_start(String line, String told)
      throws IOException {
    Path table = Files.writeString(folder.resolve("t.csv"), "id,name\n1,Ada\n2,Bob\n");
    Path output = folder.resolve("results.jsonl");
    String[] words =
        ("--output=" + output + " " + line.strip())
            .replace("t.csv", table.toString())
            .replace("SERVER", server.uri())
            .split(" +");
    Cli ran = fetch("one\ntwo\n", words);

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains(told);
    assertThat(ran.messages().lines()).hasSize(2);
    assertThat(server.requests()).isEmpty();
    assertThat(output).doesNotExist();
  }

  @Test
  void a_body_is_read_from_a_file() throws IOException {
    Path body = Files.writeString(folder.resolve("body.json"), "{\"name\": \"{}\"}\n");
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xFF});
    fetch("Ada \"L\"\n", "--url", server.uri() + "/", "-d", "@" + body, "-");
    Cli refused = fetch("a\n", "--url", server.uri() + "/", "-d", "@" + binary, "-");

    assertThat(bodies).containsExactly("{\"name\":\"Ada \\\"L\\\"\"}");
    assertThat(refused.messages()).contains("is not UTF-8 text: --form sends any file");
  }

  @Test
  void a_body_may_be_the_line() {
    fetch("{\"a\": 1}\n", "--url", server.uri() + "/", "-d", "{}", "-");

    assertThat(bodies).containsExactly("{\"a\": 1}");
  }

  @Test
  void urls_without_a_host_follow_a_base_url() {
    String lines = "/a b\nb?x=1\n{\"url\": \"/c\"}\n" + server.uri() + "/whole\n";
    Cli ran = fetch(lines, "--base-url", server.uri() + "/v1/", "-");
    fetch("d\n", "--base-url", server.uri(), "--url", "x/{}", "-");

    assertThat(server.paths())
        .containsExactlyInAnyOrder("/v1/a%20b", "/v1/b?x=1", "/v1/c", "/whole", "/x/d");
    assertThat(ran.results().getFirst().get("url").asString()).isEqualTo(server.uri() + "/v1/a b");
  }

  @Test
  void a_budget_of_which_nothing_says_what_is_taken_is_reported() {
    Cli ran = Cli.run(server.uri() + "/a\n", "fetch", "--budget", "tokens=1/h", "-");

    assertThat(ran.messages())
        .contains("nothing says what requests take of the budget tokens", "--cost tokens=/POINTER");
  }
}
