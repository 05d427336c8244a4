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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Secrets are sent, and are in nothing that Headway writes of its own; what servers say is kept.
 */
@Timeout(60)
final class RedactionTest {

  private static final String KEY = "s3cr3t k3y/ä";
  private static final String ENCODED = "s3cr3t%20k3y%2F%C3%A4";

  /** Not text, and holds what is a secret. */
  private static final byte[] BINARY = {(byte) 0xFF, 0, 'i', 't', 'e', 'm', 0};

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

  /** Says back the URL, an item and a language, or as the path says. */
  private void answer(HttpExchange exchange) throws IOException {
    String url = exchange.getRequestURI().toString();
    asked.add(url);
    String language = exchange.getRequestHeaders().getFirst("Accept-Language");
    String text = "{\"item\": 7, \"url\": \"" + url + "\", \"said\": \"" + language + "\"}";
    byte[] body = url.startsWith("/binary") ? BINARY : text.getBytes(StandardCharsets.UTF_8);
    if (url.startsWith("/loop")) {
      exchange.getResponseHeaders().set("Location", url.replace("/loop", "/loop/x"));
    }
    int status = url.startsWith("/loop") ? 302 : url.startsWith("/missing") ? 404 : 200;
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static Cli fetch(Map<String, String> environment, String input, String... more)
      throws Exception {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "fetch";
    arguments[1] = "--ordered";
    System.arraycopy(more, 0, arguments, 2, more.length);
    arguments[arguments.length - 1] = "-";
    return Spawned.run(environment, input, arguments);
  }

  @Test
  void bodies_are_never_altered() throws Exception {
    String expected = "{\"item\": 7, \"url\": \"%s\", \"said\": \"item\"}";
    Cli ran =
        fetch(
            Map.of("LANGV", "item"),
            root + "/item/1\n" + root + "/missing/item\n" + root + "/binary\n",
            "--header",
            "Accept-Language: ${LANGV}",
            "--budget=tokens=7/h",
            "--settle=tokens=/item");

    List<JsonNode> results = ran.results();
    assertThat(results.get(0).get("url").asString()).isEqualTo(root + "/item/1");
    assertThat(results.get(0).get("body").asString()).isEqualTo(expected.formatted("/item/1"));
    assertThat(results.get(1).get("error").asString()).isEqualTo("the server answered 404");
    assertThat(results.get(1).get("body").asString())
        .isEqualTo(expected.formatted("/missing/item"));
    assertThat(results.get(2).get("bodyBase64").binaryValue()).isEqualTo(BINARY);
  }

  @Test
  void bodies_in_files_are_never_altered() throws Exception {
    Path out = folder.resolve("out");
    Cli ran =
        fetch(
            Map.of("LANGV", "item"),
            root + "/item.txt\n" + root + "/binary\n",
            "--header",
            "Accept-Language: ${LANGV}",
            "--bodies",
            out.toString());

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(out.resolve("1.txt"))
        .hasContent("{\"item\": 7, \"url\": \"/item.txt\", \"said\": \"item\"}");
    assertThat(Files.readAllBytes(out.resolve("2.bin"))).isEqualTo(BINARY);
  }

  @Test
  void what_an_answer_took_is_read_from_the_body_as_it_came() throws Exception {
    // Were "item" hidden, the pointer would lead nowhere, and the second would wait for an hour.
    Cli ran =
        fetch(
            Map.of("LANGV", "item"),
            ("{\"url\": \"" + root + "/\", \"cost\": {\"tokens\": 10}}\n").repeat(2),
            "--concurrency=1",
            "--header",
            "Accept-Language: ${LANGV}",
            "--bodies",
            folder.resolve("out").toString(),
            "--budget=tokens=17/h",
            "--settle=tokens=/item");

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(asked).hasSize(2);
  }

  @Test
  void results_show_the_url_that_was_asked_for_with_secrets_by_their_names() throws Exception {
    Cli ran =
        fetch(Map.of("BASE", root, "KEY", ENCODED), "a\nmissing\n", "--url", "${BASE}/{}?k=${KEY}");

    assertThat(asked).contains("/a?k=" + ENCODED);
    assertThat(ran.results())
        .extracting(result -> result.get("url").asString())
        .containsExactly(root + "/a?k=${KEY}", root + "/missing?k=${KEY}");
    assertThat(ran.results().get(1).get("body").asString()).contains("?k=" + ENCODED);
  }

  @Test
  void the_messages_and_the_report_hold_no_secret() throws Exception {
    Path report = folder.resolve("report.html");
    Path headers = Files.writeString(folder.resolve("headers"), "X-Mine: h3ader-of-mine\n");
    Cli ran =
        fetch(
            Map.of("KEY", ENCODED, "PORT", "9"),
            "missing\nloop\n",
            "--follow",
            "--url",
            root + "/{}?k=${KEY}&p=${PORT}",
            "--header",
            "X-Tried: ${KEY}",
            "--header-file",
            headers.toString(),
            "--report",
            report.toString());

    assertThat(ran.results().get(1).get("error").asString())
        .contains("redirects, the last to " + root)
        .endsWith("?k=${KEY}&p=${PORT}");
    for (String text : List.of(ran.messages(), Files.readString(report))) {
      assertThat(text).doesNotContain(ENCODED).doesNotContain(KEY).doesNotContain("h3ader");
    }
    assertThat(Files.readString(report)).contains("/missing?k=${KEY}");
  }

  @Test
  void a_plan_holds_no_secret() throws Exception {
    Path report = folder.resolve("plan.html");
    Cli ran =
        Spawned.run(
            Map.of("NAME", "s3cr3t-host", "KEY", ENCODED),
            "a\nb\nc\n",
            "plan",
            "--per-host=1/s",
            "--url",
            "http://${NAME}.example/{}?k=${KEY}",
            "--report",
            report.toString(),
            "-");

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(report).content().contains("${NAME}.example").doesNotContain("s3cr3t");
    assertThat(ran.out() + ran.messages()).doesNotContain("s3cr3t");
  }

  @Test
  void no_file_of_a_body_is_named_by_a_secret() throws Exception {
    Path out = folder.resolve("out");
    fetch(Map.of("KEY", "k3y"), "a\n", "--url", root + "/{}.${KEY}", "--bodies", out.toString());

    assertThat(out.resolve("1.bin")).exists();
  }

  @Test
  void the_journal_holds_no_secret_that_is_in_the_name_of_a_host() throws Exception {
    try (Gate gate = new Gate()) {
      Path results = folder.resolve("results.jsonl");
      Path journal = folder.resolve("results.jsonl.headway");
      Process run =
          Spawned.start(
              Map.of("NAME", "localhost"),
              folder.resolve("messages"),
              "fetch",
              "--per-host",
              "100/h",
              "--output",
              results.toString(),
              "--url",
              gate.uri().replace("127.0.0.1", "${NAME}") + "/{}",
              "-");
      try (var lines = run.getOutputStream()) {
        lines.write("a\n".getBytes(StandardCharsets.UTF_8));
        lines.flush();
        while (gate.waiting() == 0) {
          assertThat(run.waitFor(10, TimeUnit.MILLISECONDS)).isFalse();
        }
      } finally {
        run.destroyForcibly().waitFor();
      }

      assertThat(journal).content().contains("\"of\":\"fetch/${NAME}:").doesNotContain("localhost");
    }
  }

  @Test
  void the_report_holds_no_secret_that_is_in_the_name_of_a_host() throws Exception {
    Path report = folder.resolve("report.html");
    fetch(
        Map.of("NAME", "localhost"),
        "a\nmissing\n",
        "--per-host=100/s",
        "--url",
        root.replace("127.0.0.1", "${NAME}") + "/{}",
        "--report",
        report.toString());

    assertThat(asked).hasSize(2);
    assertThat(report).content().contains("${NAME}:").doesNotContain("localhost");
  }

  @Test
  void a_run_is_continued_with_a_secret_that_is_another_now() throws Exception {
    Path results = folder.resolve("results.jsonl");
    String[] options = {"--url", "${BASE}/{}?k=${KEY}", "--output", results.toString(), "--resume"};
    fetch(Map.of("BASE", root, "KEY", "0ld"), "a\nb\n", options);
    Cli ran = fetch(Map.of("BASE", root, "KEY", "r3n3w3d"), "a\nb\nc\n", options);

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(asked).containsExactlyInAnyOrder("/a?k=0ld", "/b?k=0ld", "/c?k=r3n3w3d");
    assertThat(Cli.results(Files.readString(results)))
        .extracting(result -> result.get("url").asString())
        .containsExactly(root + "/a?k=${KEY}", root + "/b?k=${KEY}", root + "/c?k=${KEY}");
  }
}
