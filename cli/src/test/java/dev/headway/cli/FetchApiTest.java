package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Fetches from a server that says back what it was asked. */
@Timeout(60)
final class FetchApiTest {

  private static final String VARIABLE = "PATH";

  @TempDir private Path folder;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private String root;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    root = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
    byte[] answer =
        JsonMapper.shared()
            .writeValueAsBytes(
                Map.of(
                    "headers", exchange.getRequestHeaders(), "usage", Map.of("total_tokens", 10)));
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static List<String> headers(JsonNode result, String name) {
    JsonNode headers = JsonMapper.shared().readTree(result.get("body").stringValue());
    return headers.get("headers").path(name).valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void lines_fill_in_a_url_and_are_never_more_than_a_value() {
    Cli ran =
        Cli.run("a b/c?d&e\n../..\nü\n", "fetch", "--url", root + "/x/{}?q={}", "--ordered", "-");

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(asked)
        .containsExactlyInAnyOrder(
            "GET /x/a%20b%2Fc%3Fd%26e?q=a%20b%2Fc%3Fd%26e ",
            "GET /x/..%2F..?q=..%2F.. ", "GET /x/%C3%BC?q=%C3%BC ");
    assertThat(ran.results())
        .extracting(line -> line.get("id").intValue())
        .containsExactly(1, 2, 3);
  }

  @Test
  void one_url_is_fetched_with_the_options_of_curl() throws IOException {
    Path output = folder.resolve("out.jsonl");
    Cli ran =
        Cli.run(
            "",
            "fetch",
            "-X",
            "put",
            "-d",
            "{\"a\": 1}",
            "-H",
            "X-One: 1",
            "-u",
            "ada:s3cr3t-k3y",
            "-o",
            output.toString(),
            root + "/one?x={}");

    assertThat(ran.status()).as(Files.readString(output)).isEqualTo(0);
    assertThat(asked).containsExactly("PUT /one?x= {\"a\":1}");
    JsonNode result = Cli.results(Files.readString(output)).getFirst();
    assertThat(headers(result, "X-one")).containsExactly("1");
    assertThat(headers(result, "Authorization")).containsExactly("Basic YWRhOnMzY3IzdC1rM3k=");
    assertThat(ran.messages())
        .contains("the value of --header Authorization is in the list of processes")
        .doesNotContain("s3cr3t-k3y");
  }

  @Test
  void rows_fill_in_a_url_and_a_body_and_give_the_ids() throws IOException {
    Path table =
        Files.writeString(
            folder.resolve("people.csv"), "id,name\np1,Ada\np2,\"Bob \"\"B\"\"\n, {id}\"\n");
    Cli ran =
        Cli.run(
            "",
            "fetch",
            "--csv=" + table,
            "--url=" + root + "/people/{id}",
            "--body={\"name\": \"{name}\", \"n\": {\"{id}\": 1}}",
            "--ordered");

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(ran.results())
        .extracting(line -> line.get("id").stringValue())
        .containsExactly("p1", "p2");
    assertThat(asked)
        .containsExactlyInAnyOrder(
            "POST /people/p1 {\"name\":\"Ada\",\"n\":{\"p1\":1}}",
            "POST /people/p2 {\"name\":\"Bob \\\"B\\\"\\n, {id}\",\"n\":{\"p2\":1}}");
  }

  @Test
  void headers_are_sent_with_all_requests_that_do_not_have_them() {
    String lines = root + "/a\n{\"url\": \"" + root + "/b\", \"headers\": {\"x-one\": \"mine\"}}\n";
    Cli ran =
        Cli.run(
            lines, "fetch", "--header", "X-One: 1", "--header", "X-Two: a: b", "--ordered", "-");

    assertThat(headers(ran.results().get(0), "X-one")).containsExactly("1");
    assertThat(headers(ran.results().get(1), "X-one")).containsExactly("mine");
    assertThat(headers(ran.results().get(1), "X-two")).containsExactly("a: b");
    assertThat(ran.messages()).doesNotContain("list of processes");
  }

  @Test
  void what_comes_from_the_environment_is_sent_and_not_said() {
    String secret = System.getenv(VARIABLE);
    Cli ran =
        Cli.run(
            root + "/a\n", "fetch", "--header", "Authorization: Bearer ${" + VARIABLE + "}", "-");

    assertThat(headers(ran.results().getFirst(), "Authorization"))
        .containsExactly("Bearer " + secret);
    assertThat(ran.messages()).doesNotContain(secret);

    Cli inUrl = Cli.run("a\n", "fetch", "--url", root + "/{}?k=x${" + VARIABLE + "}", "-");
    assertThat(inUrl.results().getFirst().get("url").stringValue())
        .isEqualTo(root + "/a?k=x${" + VARIABLE + "}");
    assertThat(inUrl.out() + inUrl.messages()).doesNotContain(secret);
  }

  @Test
  void what_comes_from_a_file_of_headers_is_sent_and_not_said() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("headers"),
            "# keys\n\nAuthorization: Bearer s3cret-token\nX-Api-Key: k3y-of-mine\nAccept: x/y\n");
    Cli ran = Cli.run(root + "/a\n", "fetch", "--header-file=" + file, "-");

    assertThat(headers(ran.results().getFirst(), "Accept")).containsExactly("x/y");
    assertThat(headers(ran.results().getFirst(), "X-api-key")).containsExactly("k3y-of-mine");
    assertThat(ran.messages()).doesNotContain("s3cret-token", "k3y-of-mine");
  }

  @Test
  void a_secret_that_everybody_can_see_is_warned_of() {
    Cli ran = Cli.run(root + "/a\n", "fetch", "--header", "Authorization: Bearer x", "-");

    assertThat(ran.messages()).contains("the value of --header Authorization is in the list");
  }

  @Test
  void what_requests_are_expected_to_take_is_settled_by_what_answers_say() {
    String line = "{\"url\": \"" + root + "/\", \"body\": {\"max_tokens\": 50}}\n";
    Cli ran =
        Cli.run(
            line.repeat(6),
            "fetch",
            "--budget=tokens=100/h",
            "--cost=tokens=/max_tokens",
            "--settle=tokens=/usage/total_tokens",
            "--concurrency=1",
            "-");

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(asked).hasSize(6);
  }

  @Test
  void a_request_whose_cost_cannot_be_told_fails_alone() {
    String lines =
        "{\"url\": \""
            + root
            + "/a\", \"body\": {\"max_tokens\": \"many\"}}\n"
            + "{\"url\": \""
            + root
            + "/b\", \"cost\": {\"tokens\": 5}}\n";
    Cli ran =
        Cli.run(
            lines, "fetch", "--budget=tokens=9/h", "--cost=tokens=/max_tokens", "--ordered", "-");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.results().get(0).get("error").stringValue())
        .isEqualTo("line 1: its body has no amount of tokens at /max_tokens");
    assertThat(ran.results().get(1).get("status").intValue()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--csv t.csv -                      | both FILE and --csv are given",
        "--quiet                            | there is no input: give a FILE",
        "--body x -                         | --body needs --url",
        "--method PUT -                     | --method needs --url",
        "--header nothing -                 | --header \"nothing\" is not a header",
        "--header X:${NO_SUCH_VARIABLE} -   | there is no variable NO_SUCH_VARIABLE in the"
            + " environment",
        "--header-file no-such-file -       | cannot read \"no-such-file\": there is no such file",
        "--cost tokens=/x -                 | there is no budget tokens: give it one with --budget",
        "--settle tokens -                  | \"tokens\" is not NAME=/POINTER",
      })
  void wrong_usage_is_told(String line, String told) {
    Cli ran = Cli.run("", ("fetch " + line.strip()).split(" +"));

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).startsWith("headway: ").contains(told);
  }

  @Test
  void a_place_for_a_column_that_is_not_there_is_told() throws IOException {
    Path table = Files.writeString(folder.resolve("t.csv"), "id,name\n1,Ada\n");
    Cli ran = Cli.run("", "fetch", "--csv=" + table, "--url=" + root + "/{ID}");

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages())
        .contains("there is no column \"ID\" for --url: there are [id, name]");
    assertThat(asked).isEmpty();
  }

  @Test
  void a_body_that_is_no_json_once_it_is_filled_in_is_told_as_what_it_is() {
    Cli ran = Cli.run("x\n", "fetch", "--url", root + "/", "--body", "{\"n\": {}", "-");

    assertThat(ran.results().getFirst().get("error").stringValue())
        .startsWith("line 1: --body begins like JSON and is none once it is filled in");
  }

  @Test
  void a_header_may_be_sent_twice_and_a_private_one_is_not_said() {
    String line =
        "{\"url\": \"" + root + "/\", \"headers\": {\"X-One\": \"1\", \"x-one\": \"2\"}}\n";
    Cli ran = Cli.run(line, "fetch", "--header", "X-One: 3", "--header", "X-Key: abcdef", "-");

    assertThat(headers(ran.results().getFirst(), "X-one")).containsExactly("1", "2");
    assertThat(headers(ran.results().getFirst(), "X-key")).containsExactly("abcdef");
    assertThat(ran.messages()).doesNotContain("abcdef");
  }
}
