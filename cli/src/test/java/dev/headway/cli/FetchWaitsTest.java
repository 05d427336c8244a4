package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.Scripted.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What servers make requests wait for, and when that is too long. */
@Timeout(60)
final class FetchWaitsTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"GET, false", "DELETE, false", "HEAD, false", "POST, true"})
  void only_methods_that_expect_a_body_carry_a_length_where_there_is_none(
      String method, boolean carries) throws IOException {
    try (Scripted server = new Scripted((request, count) -> new Answer(200, ""))) {
      String line = "{\"url\": \"%s/\", \"method\": \"%s\"}".formatted(server.uri(), method);
      assertThat(Cli.run(line, "fetch", "-").status()).isEqualTo(0);

      assertThat(server.requests().getFirst().method()).isEqualTo(method);
      assertThat(server.requests().getFirst().headers().containsKey("Content-Length"))
          .isEqualTo(carries);
      assertThat(server.requests().getFirst().headers().containsKey("Transfer-Encoding")).isFalse();
    }
  }

  @Test
  void a_redirected_post_becomes_a_get_without_a_length() throws IOException {
    try (Scripted server =
        new Scripted((request, count) ->
            count == 1 ? new Answer(303, "", "Location", "/there") : new Answer(200, ""))) {
      String line = "{\"url\": \"%s/\", \"body\": \"x\"}".formatted(server.uri());
      assertThat(Cli.run(line, "fetch", "--follow", "-").status()).isEqualTo(0);

      assertThat(server.requests().getLast().method()).isEqualTo("GET");
      assertThat(server.requests().getLast().headers().containsKey("Content-Length")).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "403, Retry-After, 1",
    "403, RateLimit, '\"a\";r=0;t=1'",
    "420, Retry-After, 1",
    "509, Retry-After, 1",
    "529, Retry-After, 1",
    "429, X, y",
    "503, Retry-After, 1",
  })
  void what_asks_to_slow_down_is_no_failure(int status, String header, String value)
      throws IOException {
    try (Scripted server =
        new Scripted((request, count) ->
            count == 3 ? new Answer(status, "no", header, value) : new Answer(200, "x"))) {
      Cli ran = Cli.run(server.urls(6), "fetch", "--concurrency", "1", "-");

      assertThat(ran.status()).isEqualTo(0);
      assertThat(server.paths()).containsExactly("/1", "/2", "/3", "/3", "/4", "/5", "/6");
      assertThat(server.requests().get(3).nanos() - server.requests().get(2).nanos())
          .isGreaterThan(Duration.ofMillis(990).toNanos());
    }
  }

  @Test
  void a_wait_that_a_server_asks_for_is_reported_with_its_end_and_counts_in_the_time_left()
      throws IOException {
    try (Scripted server =
        new Scripted((request, count) ->
            count == 11 ? new Answer(429, "", "Retry-After", "7") : new Answer(200, "x"))) {
      Path input = Files.writeString(folder.resolve("urls.txt"), server.urls(20));
      Cli ran = Cli.run("", "fetch", "--concurrency", "1", input.toString());

      assertThat(ran.status()).isEqualTo(0);
      assertThat(ran.messages())
          .containsPattern(
              "headway: "
                  + server.host()
                  + " answered 429 and asks to wait 7\\.0 s, until \\d\\d:\\d\\d:\\d\\d")
          .containsPattern(
              "10 of 20 done, 0 failed, .*, [5-7]\\.\\d s left, waiting until"
                  + " \\d\\d:\\d\\d:\\d\\d");
    }
  }

  @Test
  void each_wait_is_reported_with_the_number_of_refusals_and_is_in_the_report() throws IOException {
    try (Scripted server =
        new Scripted((request, count) ->
            count <= 2 ? new Answer(429, "", "Retry-After", "3") : new Answer(200, "x"))) {
      Path report = folder.resolve("report.html");
      Cli ran = Cli.run(server.urls(2), "fetch", "--concurrency=1", "--report=" + report, "-");

      assertThat(ran.status()).isEqualTo(0);
      String wait = server.host() + " answered 429 and asks to wait 3\\.0 s, until \\S+";
      assertThat(ran.messages())
          .containsPattern("headway: " + wait + "; refusals in a row: 1\n")
          .containsPattern("headway: " + wait + "; refusals in a row: 2\n");
      assertThat(Files.readString(report))
          .containsPattern("\"serverWaits\":\\[\"" + wait + "; refusals in a row: 2\"\\]");
    }
  }

  @Test
  void a_quota_that_is_used_up_is_reported_too() throws IOException {
    try (Scripted server =
        new Scripted((request, count) ->
            count == 1
                ? new Answer(200, "", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "3")
                : new Answer(200, "x"))) {
      Cli ran = Cli.run(server.urls(3), "fetch", "--concurrency", "1", "-");

      assertThat(ran.status()).isEqualTo(0);
      assertThat(ran.messages())
          .containsPattern("has no requests left for 3\\.0 s, until \\d\\d:\\d\\d:\\d\\d");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64})
  void a_server_that_only_refuses_ends_the_run_so_that_it_can_be_resumed(int atOnce)
      throws IOException {
    boolean[] refuses = {true};
    try (Scripted server =
        new Scripted((request, count) -> {
          boolean refused = refuses[0] && !request.path().equals("/1");
          return refused ? new Answer(429, "no", "Retry-After", "0") : new Answer(200, "x");
        })) {
      String results = folder.resolve("results.jsonl").toString();
      Cli ran =
          Cli.run(
              server.urls(40),
              "fetch",
              "--concurrency",
              Integer.toString(atOnce),
              "--max-refused",
              "2s",
              "--output",
              results,
              "-");

      assertThat(ran.status()).isEqualTo(75);
      assertThat(ran.messages())
          .contains("stopped: " + server.host() + " has refused every request for ")
          .contains("(last with 429)", "--max-refused is 2.0 s", "--resume");
      assertThat(server.requests()).hasSizeLessThan(atOnce + 15);
      assertThat(Cli.results(Files.readString(Path.of(results))))
          .extracting(result -> result.get("id").asInt())
          .containsExactly(1);

      refuses[0] = false;
      Cli resumed = Cli.run(server.urls(40), "fetch", "--resume", "--output", results, "-");
      assertThat(resumed.status()).isEqualTo(0);
      List<JsonNode> all = Cli.results(Files.readString(Path.of(results)));
      assertThat(all).hasSize(40);
      assertThat(all).extracting(result -> result.get("status").asInt()).containsOnly(200);
    }
  }

  @Test
  void a_refusal_that_comes_late_in_a_pause_ends_the_run_too_and_is_no_result() throws IOException {
    CountDownLatch early = new CountDownLatch(1);
    try (Scripted server =
        new Scripted((request, count) -> {
          if (request.path().equals("/1")) {
            early.countDown();
          } else {
            early.await();
            // The pause that follows the first refusal is longer.
            TimeUnit.MILLISECONDS.sleep(600);
          }
          return new Answer(429, "no", "Retry-After", "0");
        })) {
      String results = folder.resolve("results.jsonl").toString();
      String[] arguments = {
        "fetch", "--concurrency", "2", "--max-refused", "200ms", "--output", results, "-"
      };
      Cli ran = Cli.run(server.urls(2), arguments);

      assertThat(ran.status()).as(ran.messages()).isEqualTo(75);
      assertThat(ran.messages()).contains("has refused every request for ");
      assertThat(Files.readString(Path.of(results))).isEmpty();
    }
  }

  @Test
  void a_wait_beyond_max_wait_ends_the_run_and_holds_when_it_is_resumed() throws IOException {
    try (Scripted server =
        new Scripted((request, count) ->
            count == 5 ? new Answer(429, "no", "Retry-After", "5") : new Answer(200, "x"))) {
      String results = folder.resolve("results.jsonl").toString();
      String[] arguments = {
        "fetch", "--concurrency", "1", "--output", results, "--max-wait", "3s", "-"
      };
      Cli ran = Cli.run(server.urls(8), arguments);

      assertThat(ran.status()).isEqualTo(75);
      assertThat(ran.messages())
          .contains(
              "stopped: " + server.host() + " answered 429 and asks to wait 5.0 s, until ",
              ", which is longer than --max-wait 3.0 s");
      assertThat(server.requests()).hasSize(5);

      Cli resumed =
          Cli.run(
              server.urls(8), "fetch", "--concurrency", "1", "--output", results, "--resume", "-");
      assertThat(resumed.status()).isEqualTo(0);
      assertThat(resumed.messages())
          .contains(server.host() + " asked an earlier run to wait until ");
      assertThat(server.paths())
          .containsExactly("/1", "/2", "/3", "/4", "/5", "/5", "/6", "/7", "/8");
      assertThat(server.requests().get(5).nanos() - server.requests().get(4).nanos())
          .isGreaterThan(Duration.ofMillis(4_990).toNanos());
    }
  }

  @Test
  void one_request_that_is_always_refused_is_a_failed_result() throws IOException {
    try (Scripted server =
        new Scripted((request, count) ->
            request.path().equals("/2")
                ? new Answer(403, "no", "Retry-After", "1")
                : new Answer(200, "x"))) {
      Cli ran = Cli.run(server.urls(4), "fetch", "--concurrency", "1", "-");

      assertThat(ran.status()).isEqualTo(1);
      assertThat(ran.results()).hasSize(4);
      assertThat(ran.results().get(1).get("status").asInt()).isEqualTo(403);
      assertThat(server.paths()).containsExactly("/1", "/2", "/2", "/3", "/4");
    }
  }
}
