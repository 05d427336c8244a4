package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Runs that send only a part, or nothing. */
@Timeout(60)
final class FetchRunOptionsTest {

  @TempDir private Path folder;

  private static Scripted server() throws IOException {
    return new Scripted((request, count) -> new Scripted.Answer(200, "fine"));
  }

  @Test
  void only_the_first_requests_of_the_input_are_sent() throws IOException {
    try (Scripted server = server()) {
      String lines = "# a comment\n\n" + server.urls(5);
      Cli ran = Cli.run(lines, "fetch", "--ordered", "--first", "2", "-");
      Path table = Files.writeString(folder.resolve("t.csv"), "id\n7\n8\n9\n");
      Cli.run("", "fetch", "--first=1", "--csv=" + table, "--url=" + server.uri() + "/{id}");
      Cli plan = Cli.run(lines, "plan", "--json", "--first", "3", "-");

      assertThat(ran.results()).hasSize(2);
      assertThat(server.paths()).containsExactlyInAnyOrder("/1", "/2", "/7");
      assertThat(plan.results().getFirst().get("requests").asInt()).isEqualTo(3);
    }
  }

  @Test
  void a_dry_run_prints_requests_without_secrets_and_sends_nothing() throws Exception {
    try (Scripted server = server()) {
      Path output = folder.resolve("results.jsonl");
      Path headers = Files.writeString(folder.resolve("h"), "X-Mine: h3ader-of-mine\n");
      Cli ran =
          Spawned.run(
              Map.of("KEY", "s3cr3t", "SHORT", "q9"),
              "Ada L\n",
              "fetch",
              "--dry-run",
              "--output=" + output,
              "--url=" + server.uri() + "/{}?k=${KEY}&s=${SHORT}",
              "--body={\"name\": \"{}\", \"key\": \"${SHORT}\"}",
              "--header=Authorization: Bearer ${KEY}",
              "--header=X-Short: ${SHORT}",
              "--header=X-Token: t0ken-of-mine",
              "--header-file=" + headers,
              "-");

      assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
      JsonNode request = ran.results().getFirst();
      assertThat(request.get("method").asString()).isEqualTo("POST");
      assertThat(request.get("url").asString())
          .isEqualTo(server.uri() + "/Ada%20L?k=${KEY}&s=${SHORT}");
      assertThat(request.get("body").asString())
          .isEqualTo("{\"name\":\"Ada L\",\"key\":\"${SHORT}\"}");
      assertThat(request.get("headers").get("Authorization").asString()).isEqualTo("Bearer ${KEY}");
      assertThat(request.get("headers").get("X-Token").asString()).isEqualTo("•••");
      assertThat(ran.out() + ran.messages())
          .doesNotContain("s3cr3t", "q9", "h3ader-of-mine", "t0ken-of-mine");
      assertThat(server.requests()).isEmpty();
      assertThat(output).doesNotExist();
    }
  }

  @Test
  void a_dry_run_hides_the_secrets_that_lines_have_and_tells_lines_that_cannot_be_read() {
    String lines =
        "{\"id\": 7, \"url\": \"http://h/\", \"headers\": {\"X-Api-Key\": \"s3cr3t\"}, \"cost\":"
            + " 2}\nftp://h/\n";
    Cli ran = Cli.run(lines, "fetch", "--dry-run", "-u", "me:p4ssword", "-");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.out()).doesNotContain("s3cr3t", "p4ssword", "bWU6cDRzc3dvcmQ=");
    assertThat(ran.results().get(0).get("headers").get("X-Api-Key").asString()).isEqualTo("•••");
    assertThat(ran.results().get(0).get("cost").get("permits").asInt()).isEqualTo(2);
    assertThat(ran.results().get(1).get("error").asString()).startsWith("line 2: \"ftp://h/\"");
  }

  @Test
  void a_run_stops_after_its_time_lets_requests_in_flight_end_and_can_be_resumed()
      throws IOException {
    try (Scripted server =
        new Scripted((request, count) -> {
          if (request.path().equals("/1") && count == 1) {
            Thread.sleep(2_500);
          }
          return new Scripted.Answer(200, "fine");
        })) {
      Path output = folder.resolve("results.jsonl");
      String lines = server.urls(3);
      Cli ran = Cli.run(lines, "fetch", "--rate=1/h", "--for=1s", "--output=" + output, "-");

      assertThat(ran.status()).isEqualTo(75);
      assertThat(ran.messages())
          .contains("stopped: its time of 1.0 s is over", "--resume goes on from here");
      assertThat(Cli.results(Files.readString(output)))
          .extracting(result -> result.get("status").asInt())
          .containsExactly(200);

      Cli resumed = Cli.run(lines, "fetch", "--output=" + output, "--resume", "-");
      assertThat(resumed.status()).isEqualTo(0);
      assertThat(server.paths()).containsExactlyInAnyOrder("/1", "/2", "/3");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--first 0 -                   | --first: 0 is too few; write 1 or more",
        "--for 0s -                    | --for: \"0\" leaves no time",
        "--until tomorrow -            | --until: \"tomorrow\" is no time; write 18:00",
        "--until 2020-01-31T18:00 -    | --until: \"2020-01-31T18:00\" has passed",
        "--until 2020-01-31T18:00Z -   | --until: \"2020-01-31T18:00Z\" has passed",
      })
  void wrong_usage_is_told(String line, String told) {
    Cli ran = Cli.run("", ("fetch " + line.strip()).split(" +"));

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).startsWith("headway: ").contains(told);
  }
}
