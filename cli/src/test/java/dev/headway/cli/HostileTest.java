package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.headway.cli.practice.PracticeServer;
import dev.headway.cli.practice.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What comes in the way of a run, by mistake or on purpose. */
@Timeout(60)
final class HostileTest {

  private static final Path FULL = Path.of("/dev/full");

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

  private String urls(int count) {
    return (server.uri() + "/\n").repeat(count);
  }

  @Test
  void noise_becomes_failed_results_that_are_whole() {
    byte[] noise = new byte[300_000];
    new Random(3).nextBytes(noise);
    Cli ran = Cli.run(noise, "fetch", "--quiet", "-");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.results())
        .isNotEmpty()
        .allSatisfy(result -> assertThat(result.get("error").asString()).startsWith("line "));
    assertThat(server.stats().requests()).isZero();
  }

  @Test
  void a_full_disk_is_told_with_what_to_do() {
    assumeThat(FULL).as("a device that is always full").exists();
    Cli ran = Cli.run(urls(3), "fetch", "--output", FULL.toString(), "-");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.messages())
        .contains("headway: stopped after 0 results: no more can be written (No space left");
  }

  @Test
  void a_link_to_the_input_is_no_place_for_results() throws IOException {
    Path input = Files.writeString(folder.resolve("urls.txt"), urls(2));
    Path link = Files.createSymbolicLink(folder.resolve("results.jsonl"), input);
    Cli ran = Cli.run("", "fetch", "--output", link.toString(), input.toString());

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains("--output must not be the input file");
    assertThat(input).hasContent(urls(2));
  }

  @Test
  void results_go_where_a_link_leads_and_can_be_continued_by_either_name() throws IOException {
    Path file = folder.resolve("file.jsonl");
    Path link = Files.createSymbolicLink(folder.resolve("link.jsonl"), file);
    Cli.run(urls(2), "fetch", "--output", link.toString(), "-");
    Cli ran = Cli.run(urls(3), "fetch", "--output", file.toString(), "--resume", "-");

    assertThat(ran.messages()).contains("going on after 2 results");
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Cli.results(Files.readString(link))).hasSize(3);
  }

  @Test
  void links_that_lead_in_a_circle_are_told() throws IOException {
    Path one = folder.resolve("one");
    Path other = Files.createSymbolicLink(folder.resolve("other"), one);
    Files.createSymbolicLink(one, other);
    Cli ran = Cli.run(urls(1), "fetch", "--output", one.toString(), "-");

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).startsWith("headway: cannot write ").doesNotContain("\tat ");
  }

  @Test
  void what_is_filled_in_adds_neither_headers_nor_paths() throws IOException {
    Path table =
        Files.writeString(
            folder.resolve("t.csv"), "id,name\n1,\"a\r\nEvil: 1\"\n2,../../x?y=1&z#f\n");
    Cli ran =
        Cli.run(
            "",
            "fetch",
            "--ordered",
            "--csv",
            table.toString(),
            "--url",
            server.uri() + "/people/{name}");

    assertThat(ran.status()).isEqualTo(0);
    assertThat(ran.results())
        .extracting(result -> result.get("url").asString().replaceFirst(".*/people/", ""))
        .containsExactly("a%0D%0AEvil%3A%201", "..%2F..%2Fx%3Fy%3D1%26z%23f");
  }

  @Test
  void a_header_is_one_line() {
    String evil = "{\"url\": \"" + server.uri() + "\", \"headers\": {\"A\": \"b\\r\\nEvil: 1\"}}\n";
    JsonNode result = Cli.run(evil, "fetch", "-").results().getFirst();
    assertThat(result.get("error").asString())
        .contains("its header \"A\" has characters in its name or value that may not be sent");
    assertThat(Cli.run(urls(1), "fetch", "--header", "A: b\nEvil: 1", "-").status()).isNotZero();
    assertThat(server.stats().requests()).isZero();
  }
}
