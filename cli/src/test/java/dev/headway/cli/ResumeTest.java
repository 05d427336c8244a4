package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.practice.PracticeServer;
import dev.headway.cli.practice.ServerOptions;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
final class ResumeTest {

  @TempDir private Path folder;
  private PracticeServer server;
  private Path results;
  private Path journal;

  @BeforeEach
  void begin() throws IOException {
    server = PracticeServer.start(ServerOptions.ON_ANY_PORT);
    results = folder.resolve("results.jsonl");
    journal = folder.resolve("results.jsonl.headway");
  }

  @AfterEach
  void closeServer() {
    server.close();
  }

  private Cli fetch(String input, String... more) {
    List<String> arguments = new ArrayList<>(List.of("fetch", "--output", results.toString()));
    arguments.addAll(List.of(more));
    arguments.add("-");
    return Cli.run(input, arguments.toArray(String[]::new));
  }

  private String urls(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> server.uri() + "/" + i + "\n")
        .collect(Collectors.joining());
  }

  private List<Integer> ids() throws IOException {
    return Cli.results(Files.readString(results)).stream().map(r -> r.get("id").asInt()).toList();
  }

  /** Cuts the last bytes off. */
  private void cut(long bytes) throws IOException {
    try (FileChannel file = FileChannel.open(results, StandardOpenOption.WRITE)) {
      file.truncate(file.size() - bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 30, 80})
  void what_is_finished_is_not_made_again_and_a_torn_last_line_is(long cut) throws IOException {
    fetch(urls(0, 5), "--ordered");
    cut(cut);
    Cli ran = fetch(urls(0, 9), "--resume");

    assertThat(ran.status()).isEqualTo(0);
    assertThat(ids()).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8, 9);
    boolean torn = cut > 1;
    assertThat(server.stats().requests()).isEqualTo(torn ? 10 : 9);
    assertThat(ran.messages())
        .contains(
            torn
                ? "going on after 4 results; one more was cut off and is repeated\n"
                : "going on after 5 results\n")
        .contains((torn ? 4 : 5) + " of them before: 9 succeeded, 0 failed");
  }

  @Test
  void zeros_that_a_failing_power_left_behind_are_cut_off() throws IOException {
    fetch(urls(0, 3));
    Files.write(results, new byte[4_000], StandardOpenOption.APPEND);

    assertThat(fetch(urls(0, 4), "--resume").status()).isEqualTo(0);
    assertThat(ids()).containsExactlyInAnyOrder(1, 2, 3, 4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "notes",
        "notes\n",
        "{\"a\": 1}\n",
        "{\"id\":1}\nnotes\n",
        "{\"id\":1}\n[]\n{\"id\":2}\n"
      })
  void a_file_of_something_else_is_left_as_it_is(String text) throws IOException {
    Files.writeString(results, text);
    Cli ran = fetch(urls(0, 1), "--resume");

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains("no run can be continued in it: its line ");
    assertThat(results).hasContent(text.stripTrailing());
    assertThat(server.stats().requests()).isZero();
  }

  @Test
  void what_looks_the_same_is_made_as_often_as_it_is_asked_for() throws IOException {
    String same = "{\"id\": \"a\", \"url\": \"" + server.uri() + "/a\"}\n";
    String number = same.replace("\"a\"", "7");
    String text = same.replace("\"a\"", "\"7\"");
    fetch(same + same + number);
    Cli ran = fetch(same + same + same + number + text, "--resume");

    assertThat(ran.status()).isEqualTo(0);
    assertThat(server.stats().requests()).isEqualTo(5);
    assertThat(Cli.results(Files.readString(results)).stream().map(r -> r.get("id").toString()))
        .containsExactlyInAnyOrder("\"a\"", "\"a\"", "\"a\"", "7", "\"7\"");
  }

  @Test
  void another_url_is_another_request() throws IOException {
    fetch(urls(0, 2));
    Cli ran = fetch(urls(1, 3), "--resume");

    assertThat(server.stats().requests()).isEqualTo(3);
    assertThat(ids()).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(ran.messages())
        .contains("the result of line 2 has the id 3")
        .contains("1 earlier result is of a line that the input no longer has");
  }

  @Test
  void a_line_put_on_top_is_the_only_one_that_is_sent() throws IOException {
    fetch(urls(0, 4));
    Cli ran = fetch(urls(9, 10) + urls(0, 4), "--resume");

    assertThat(server.stats().requests()).isEqualTo(5);
    assertThat(ids()).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
    assertThat(ran.messages())
        .contains("lines were inserted or removed since the earlier run")
        .contains("the result of line 1 has the id 5")
        .doesNotContain("no longer has");
  }

  @Test
  void results_without_their_hash_are_known_by_id_and_url() throws IOException {
    fetch(urls(0, 3), "--ordered");
    String text = Files.readString(results).replaceAll("\"requestHash\":\"[^\"]*\",?", "");
    Files.writeString(results, text);
    Cli ran = fetch(urls(0, 4), "--resume");

    assertThat(ran.status()).isEqualTo(0);
    assertThat(server.stats().requests()).isEqualTo(4);
    assertThat(ids()).containsExactlyInAnyOrder(1, 2, 3, 4);
  }

  @Test
  void lines_may_be_in_another_order() throws IOException {
    fetch(urls(0, 2) + urls(2, 4));
    Cli ran = fetch(urls(2, 4) + urls(0, 2), "--resume");

    assertThat(server.stats().requests()).isEqualTo(4);
    assertThat(ran.messages()).doesNotContain("inserted");
  }

  /** Whichever of them an earlier run has done. */
  @Test
  void equal_lines_keep_the_numbers_of_lines() throws IOException {
    String same = server.uri() + "/same\n";
    fetch(same + urls(0, 1) + same);
    List<String> lines = Files.readAllLines(results);
    Files.write(results, lines.stream().filter(line -> !line.startsWith("{\"id\":1,")).toList());
    Cli ran = fetch(same + urls(0, 1) + same, "--resume");

    assertThat(server.stats().requests()).isEqualTo(4);
    assertThat(ids()).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(ran.messages()).doesNotContain("inserted");
  }

  @Test
  void each_part_of_a_request_tells_it_apart() throws IOException {
    String url = "\"url\": \"" + server.uri() + "/a\"";
    fetch("{" + url + "}\n");
    Cli ran =
        fetch(
            "{"
                + url
                + "}\n"
                + "{"
                + url
                + ", \"method\": \"PUT\"}\n"
                + "{"
                + url
                + ", \"body\": {\"a\": 1}}\n"
                + "{"
                + url
                + ", \"body\": {\"a\": 2}}\n"
                + "{"
                + url
                + ", \"headers\": {\"A\": \"1\"}}\n"
                + "{"
                + url
                + ", \"id\": \"x\"}\n"
                + "{"
                + url
                + ", \"cost\": {}}\n",
            "--resume");

    assertThat(ran.messages()).contains("1 of them before");
    assertThat(server.stats().requests()).isEqualTo(7);
  }

  @Test
  void rows_are_told_apart_by_their_values() throws IOException {
    String template = server.uri() + "/people";
    String body = "{\"name\": \"{name}\"}";
    String[] options = {"--csv", "-", "--url", template, "--body", body};
    Cli.run("name\nAda\nBob\n", table("", options));
    Cli ran = Cli.run("name\nEve\nAda\nBob\n", table("--resume", options));

    assertThat(ran.status()).isEqualTo(0);
    assertThat(server.stats().requests()).isEqualTo(3);
  }

  private String[] table(String more, String... options) {
    List<String> arguments = new ArrayList<>(List.of("fetch", "--output", results.toString()));
    arguments.addAll(List.of(options));
    if (!more.isEmpty()) {
      arguments.add(more);
    }
    return arguments.toArray(String[]::new);
  }

  @Test
  void saved_bodies_keep_their_files_when_lines_are_inserted() throws IOException {
    Path bodies = folder.resolve("bodies");
    fetch(urls(0, 2), "--bodies", bodies.toString());
    Path file = bodies.resolve("1.json");
    String first = Files.readString(file);
    fetch(urls(7, 8) + urls(0, 2), "--resume", "--bodies", bodies.toString());

    assertThat(file).hasContent(first);
    try (Stream<Path> files = Files.list(bodies)) {
      assertThat(files).hasSize(3);
    }
  }

  @Test
  void what_failed_counts_and_is_made_again_only_if_asked_for() throws IOException {
    String bad = "ftp://nowhere/\n";
    fetch(bad + urls(0, 1));
    Cli resumed = fetch(bad + urls(0, 1), "--resume");

    assertThat(resumed.status()).isEqualTo(1);
    assertThat(ids()).hasSize(2);
    Cli again = fetch(urls(5, 6) + urls(0, 1), "--resume", "--retry-failed");
    assertThat(again.status()).isEqualTo(0);
    assertThat(ids()).containsExactlyInAnyOrder(1, 2, 1);
  }

  @Test
  void the_quota_carries_over_even_from_a_run_that_came_to_its_end() throws IOException {
    fetch(urls(0, 30), "--rate", "30/2s");
    Cli ran = fetch(urls(0, 60), "--rate", "30/2s", "--resume");

    assertThat(ran.status()).isEqualTo(0);
    List<JsonNode> all = Cli.results(Files.readString(results));
    assertThat(all).hasSize(60);
    // The slots of the first run come back two seconds after its requests ended.
    assertThat(all.subList(31, 60))
        .allSatisfy(late -> assertThat(late.get("waitedMs").asDouble()).isPositive());
  }

  @Test
  void nothing_is_left_beside_the_results_of_a_run_that_came_to_its_end() throws IOException {
    fetch(urls(0, 10), "--rate", "1000/s");

    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(results);
    }
  }

  @Test
  void without_resume_a_file_is_replaced() throws IOException {
    Files.writeString(results, "something else, and longer than what comes\n".repeat(99));
    fetch(urls(0, 1));

    assertThat(ids()).containsExactly(1);
  }

  @Test
  void results_are_not_replaced_where_the_command_was_a_mistake() throws IOException {
    Files.writeString(results, "{\"id\":1}\n");
    String missing = folder.resolve("missing.txt").toString();
    for (List<String> mistake :
        List.of(
            List.of("fetch", "--output", results.toString(), missing),
            List.of("fetch", "--output", results.toString(), "--concurrency", "0", "-"),
            List.of("exec", "--output", results.toString(), "-a", missing, "true"),
            List.of("exec", "--output", results.toString(), "--concurrency", "0", "true"))) {
      assertThat(Cli.run("", mistake.toArray(String[]::new)).status()).isEqualTo(2);
    }

    assertThat(results).hasContent("{\"id\":1}");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(results);
    }
  }

  @Test
  void two_runs_do_not_write_to_one_file() throws Exception {
    Process first =
        Spawned.start(folder.resolve("messages"), "fetch", "--output", results.toString(), "-");
    try {
      first.getOutputStream().write(urls(0, 1).getBytes(StandardCharsets.UTF_8));
      first.getOutputStream().flush();
      while (!Files.exists(results) || Files.size(results) == 0) {
        assertThat(first.waitFor(10, TimeUnit.MILLISECONDS)).isFalse();
      }
      Cli second = fetch(urls(0, 1));

      assertThat(second.status()).isEqualTo(2);
      assertThat(second.messages()).contains("another headway is writing to it");
      assertThat(ids()).containsExactly(1);
    } finally {
      first.destroyForcibly();
    }
  }

  @Test
  void what_cannot_be_continued_is_told() {
    assertThat(Cli.run("", "fetch", "--resume", "-").messages())
        .contains("--resume needs --output FILE");
    assertThat(Cli.run("", "fetch", "--output", "x", "--retry-failed", "-").messages())
        .contains("--retry-failed needs --resume");
    assertThat(Cli.run("", "fetch", "--output", "/dev/null", "--resume", "-").messages())
        .contains("cannot write \"/dev/null\": no run can be continued in it");
  }

  @Test
  void commands_are_continued_too() throws IOException {
    String[] exec = {"exec", "--output", results.toString(), "echo", "{#}-{}"};
    Cli.run("a\n\nb\n", exec);
    exec = new String[] {"exec", "--output", results.toString(), "--resume", "echo", "{#}-{}"};
    Cli ran = Cli.run("a\n\nb\nc\n", exec);

    assertThat(ran.out()).isEqualTo("3-c\n");
    assertThat(ids()).containsExactlyInAnyOrder(1, 3, 4);
  }

  /** Each run is killed at a random instant, and the server is as strict as it gets. */
  @Test
  void nothing_is_lost_or_exceeded_however_often_it_is_killed() throws Exception {
    server.close();
    server =
        PracticeServer.start(ServerOptions.ON_ANY_PORT.withQuota(50, Duration.ofMillis(1_500)));
    Path input = Files.writeString(folder.resolve("urls"), urls(0, 250));
    Random random = new Random(5);
    List<String> before = List.of();
    for (int kills = 0; kills < 6; kills++) {
      Process run = run(input);
      boolean over = run.waitFor(500 + random.nextInt(900), TimeUnit.MILLISECONDS);
      run.destroyForcibly().waitFor();
      String text = Files.exists(results) ? Files.readString(results) : "";
      List<String> whole = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
      assertThat(whole.subList(0, before.size())).isEqualTo(before);
      before = whole;
      if (over) {
        break;
      }
    }
    assertThat(run(input).waitFor()).isEqualTo(0);

    assertThat(ids()).hasSize(250).doesNotHaveDuplicates();
    assertThat(server.stats().rejected()).isZero();
    assertThat(journal).doesNotExist();
  }

  private Process run(Path input) throws IOException {
    return Spawned.start(
        folder.resolve("messages"),
        "fetch",
        "--rate",
        "50/1500ms",
        "--output",
        results.toString(),
        "--resume",
        input.toString());
  }
}
