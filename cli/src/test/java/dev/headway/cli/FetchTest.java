package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.headway.cli.practice.PracticeServer;
import dev.headway.cli.practice.ServerOptions;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;

@Timeout(30)
@Isolated("measures how long a run takes")
final class FetchTest {

  @TempDir private Path folder;
  private PracticeServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = PracticeServer.start(ServerOptions.ON_ANY_PORT);
  }

  @AfterEach
  void closeServer() {
    server.close();
  }

  @Test
  void writes_a_line_for_each_request_and_ends_with_0() {
    Cli ran = Cli.run(server.uri() + "/a", "fetch", "-");

    assertThat(ran.status()).isEqualTo(0);
    JsonNode result = ran.results().getFirst();
    assertThat(result.propertyNames())
        .containsExactly(
            "id",
            "url",
            "status",
            "attempts",
            "startedAt",
            "waitedMs",
            "tookMs",
            "requestHash",
            "headers",
            "body");
    assertThat(result.get("id").asInt()).isEqualTo(1);
    assertThat(result.get("url").asString()).isEqualTo(server.uri() + "/a");
    assertThat(result.get("status").asInt()).isEqualTo(200);
    assertThat(result.get("attempts").asInt()).isEqualTo(1);
    assertThat(result.get("body").asString()).contains("\"path\":\"/a\"");
    assertThat(ran.messages()).contains("1 done in ", "1 succeeded, 0 failed");
  }

  @Test
  void a_bad_line_fails_by_its_number_and_the_rest_goes_on() {
    byte[] binary = {'\n', (byte) 0xFF, (byte) 0xFE, 0, '\n'};
    String good = server.uri() + "/";
    Cli ran =
        Cli.run(
            join(
                good.getBytes(StandardCharsets.UTF_8),
                binary,
                good.getBytes(StandardCharsets.UTF_8)),
            "fetch",
            "--ordered",
            "-");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.results())
        .extracting(result -> result.get("id").asInt())
        .containsExactly(1, 2, 3);
    assertThat(ran.results().get(1).get("error").asString())
        .isEqualTo("line 2: it is not UTF-8 text");
    assertThat(ran.messages()).contains("2 succeeded, 1 failed");
  }

  @Test
  void numbers_and_texts_come_back_as_ids_as_they_were() {
    String line = "{\"id\": %s, \"url\": \"" + server.uri() + "/\"}\n";
    List<String> ids = List.of("1.50", "12345678901234567890123", "\"\"", "\"ü\"");
    String lines = ids.stream().map(line::formatted).collect(Collectors.joining());

    assertThat(Cli.run(lines, "fetch", "--ordered", "-").out().lines())
        .zipSatisfy(ids, (out, id) -> assertThat(out).startsWith("{\"id\":" + id + ","));
  }

  @Test
  void what_costs_more_than_can_ever_be_fails_by_its_line_and_at_once_counts_requests_not_costs() {
    String line = "{\"url\": \"" + server.uri() + "/\", \"cost\": %d}\n";
    Cli ran =
        Cli.run(
            line.formatted(900) + line.formatted(2_000),
            "fetch",
            "--ordered",
            "--rate",
            "1000/s",
            "--concurrency",
            "2",
            "-");

    assertThat(ran.results().get(0).get("status").asInt()).isEqualTo(200);
    assertThat(ran.results().get(1).get("error").asString())
        .startsWith("line 2: ")
        .contains("2000", "at most 1000");
  }

  @Test
  void a_result_is_written_before_the_next_line_comes_even_if_it_takes_another_attempt()
      throws Exception {
    try (PracticeServer dropping =
            PracticeServer.start(ServerOptions.ON_ANY_PORT.withDropEvery(2));
        PipedInputStream input = new PipedInputStream();
        OutputStream lines = new PipedOutputStream(input);
        PipedInputStream output = new PipedInputStream();
        OutputStream out = new PipedOutputStream(output)) {
      FutureTask<Cli> run = new FutureTask<>(() -> Cli.run(input, out, "fetch", "--quiet", "-"));
      Thread.ofVirtual().start(run);
      BufferedReader results =
          new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8));
      for (int i = 0; i < 3; i++) {
        lines.write((dropping.uri() + "/" + i + "\n").getBytes(StandardCharsets.UTF_8));
        lines.flush();
        assertThat(results.readLine()).contains("\"url\":\"" + dropping.uri() + "/" + i);
      }
      lines.close();
      assertThat(run.get().status()).isEqualTo(0);
    }
  }

  @Test
  void when_nobody_reads_the_results_it_says_so_and_ends() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    byte[] lines = (server.uri() + "/\n").repeat(10_000).getBytes(StandardCharsets.UTF_8);

    Cli ran = Cli.run(new ByteArrayInputStream(lines), closed, "fetch", "--quiet", "-");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.messages())
        .isEqualToNormalizingNewlines(
            "headway: stopped after 0 results: no more can be written (Broken pipe)\n");
  }

  @Test
  void input_that_fails_midway_leaves_the_results_so_far_and_says_why() {
    byte[] one = (server.uri() + "/\n").getBytes(StandardCharsets.UTF_8);
    InputStream failing =
        new InputStream() {
          private boolean given;

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            if (given) {
              throw new IOException("the disk is gone");
            }
            given = true;
            System.arraycopy(one, 0, bytes, offset, one.length);
            return one.length;
          }

          @Override
          public int read() {
            throw new AssertionError("read by the byte");
          }
        };
    Cli ran = Cli.run(failing, OutputStream.nullOutputStream(), "fetch", "-");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.messages())
        .contains("headway: cannot read on in the input: the disk is gone")
        .doesNotContain("\tat ");
  }

  @Test
  void with_output_and_quiet_nothing_is_said() throws IOException {
    Path output = folder.resolve("results.jsonl");
    Cli ran = Cli.run(server.uri() + "/", "fetch", "--quiet", "--output", output.toString(), "-");

    assertThat(ran).isEqualTo(new Cli(0, "", ""));
    assertThat(Cli.results(Files.readString(output))).hasSize(1);
  }

  @Test
  void an_empty_file_is_no_mistake() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.txt"), "");
    Cli ran = Cli.run("", "fetch", empty.toString());

    assertThat(ran.status()).isEqualTo(0);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.messages()).contains(" done in ", "0 succeeded, 0 failed");
  }

  @Test
  void failures_of_the_network_are_told_in_words() {
    assertThat(error("http://127.0.0.1:1/")).startsWith("no connection to the server");
    assertThat(error("http://no-such-host.invalid/"))
        .isEqualTo("no connection to the server: there is no host of that name");
  }

  @Test
  void a_server_that_does_not_answer_is_given_up_after_the_timeout() throws IOException {
    try (PracticeServer slow =
        PracticeServer.start(ServerOptions.ON_ANY_PORT.withLatency(Duration.ofDays(1)))) {
      assertThat(error(slow.uri().toString(), "--timeout", "100ms"))
          .startsWith("no answer in time");
    }
  }

  @Test
  void a_body_that_does_not_end_is_given_up_after_the_timeout() throws IOException {
    HttpServer unfinished = serve(10, new byte[1]);
    assertThat(error(uri(unfinished), "--timeout", "100ms"))
        .isEqualTo("no answer in time: the body was not whole");
    unfinished.stop(0);
  }

  @Test
  void a_body_that_is_too_long_is_not_held() throws IOException {
    HttpServer generous = serve(0, new byte[(1 << 20) + 1]);
    assertThat(error(uri(generous), "--max-body", "1"))
        .isEqualTo("the server answered 200 with a body longer than 1 MiB");
    generous.stop(0);
  }

  @Test
  void a_body_that_is_no_text_is_written_in_base64() throws IOException {
    HttpServer binary = serve(3, new byte[] {(byte) 0xFF, (byte) 0xFE, 0});
    assertThat(Cli.run(uri(binary), "fetch", "-").results().getFirst().get("bodyBase64").asString())
        .isEqualTo("//4A");
    binary.stop(0);
  }

  @Test
  void secrets_in_headers_and_addresses_are_neither_written_nor_said() {
    String line = "{\"url\": \"%s\", \"headers\": {\"Authorization\": \"Bearer s3cr3t\"}}\n";
    String lines =
        line.formatted(server.uri())
            + line.formatted("http://127.0.0.1:1/")
            + line.formatted("http://alice:s3cr3t@127.0.0.1:1/")
            + "http://alice:s3cr3t@127.0.0.1:1/\n";
    Cli ran = Cli.run(lines, "fetch", "--retries", "0", "-");

    assertThat(ran.results()).hasSize(4);
    assertThat(ran.out() + ran.messages()).doesNotContain("s3cr3t").doesNotContain("alice");
  }

  @Test
  void a_strict_server_never_has_to_refuse_and_no_time_is_wasted() throws IOException {
    try (PracticeServer strict =
        PracticeServer.start(ServerOptions.ON_ANY_PORT.withQuota(40, Duration.ofSeconds(1)))) {
      long before = System.nanoTime();
      Cli ran = Cli.run(lines(strict, 120), "fetch", "--rate", "40/s", "--count-from", "end", "-");

      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(3));
      assertEachOnce(ran, 120);
      assertThat(strict.stats().rejected()).isEqualTo(0);
      assertThat(strict.stats().fullestWindow()).isEqualTo(40);
    }
  }

  @Test
  void each_id_comes_once_from_a_server_that_is_busy_or_drops_connections_now_and_then()
      throws IOException {
    try (PracticeServer moody =
        PracticeServer.start(
            ServerOptions.ON_ANY_PORT
                .withQuota(400, Duration.ofSeconds(1))
                .withBusyEvery(47)
                .withDropEvery(23))) {
      assertEachOnce(Cli.run(lines(moody, 120), "fetch", "--rate", "400/s", "-"), 120);
    }
  }

  private static void assertEachOnce(Cli ran, int requests) {
    assertThat(ran.status()).isEqualTo(0);
    assertThat(ran.results())
        .extracting(result -> result.get("id").asInt())
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, requests).boxed().toList());
  }

  private static String lines(PracticeServer server, int requests) {
    return IntStream.range(0, requests)
        .mapToObj(i -> server.uri() + "/" + i)
        .collect(Collectors.joining("\n"));
  }

  private static String error(String url, String... options) {
    List<String> arguments = new ArrayList<>(List.of("fetch", "--retries", "0", "-"));
    arguments.addAll(List.of(options));
    Cli ran = Cli.run(url, arguments.toArray(String[]::new));
    assertThat(ran.status()).isEqualTo(1);
    return ran.results().getFirst().get("error").asString();
  }

  /** A server that says how long its body is (0: until it ends), and sends some bytes. */
  private static HttpServer serve(long length, byte[] sent) throws IOException {
    HttpServer http =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
    http.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, length);
          exchange.getResponseBody().write(sent);
          exchange.getResponseBody().flush();
          if (length == 0 || length == sent.length) {
            exchange.close();
          }
        });
    http.start();
    return http;
  }

  private static String uri(HttpServer http) {
    return "http://127.0.0.1:" + http.getAddress().getPort() + "/";
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
