package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens that a command prints, and keys in turn. */
@Timeout(60)
final class FetchKeysTest {

  @TempDir private Path folder;

  /** A command that prints token-1, then token-2 and so on. */
  private String counting() {
    Path count = folder.resolve("count");
    return "echo x >> '" + count + "'; echo token-$(wc -l < '" + count + "')";
  }

  @Test
  void a_command_prints_the_token_and_runs_once_more_for_all_after_a_401() throws IOException {
    try (Scripted server =
        new Scripted((request, count) ->
            "Bearer token-2".equals(request.headers().getFirst("Authorization"))
                ? new Scripted.Answer(200, "fine")
                : new Scripted.Answer(401, "token-1 has expired"))) {
      Cli ran = Cli.run(server.urls(30), "fetch", "-c", "10", "--token-command", counting(), "-");

      assertThat(ran.status()).as(ran.messages() + ran.out()).isEqualTo(0);
      assertThat(folder.resolve("count")).hasContent("x\nx\n");
      assertThat(ran.results()).hasSize(30).allMatch(r -> r.get("attempts").asInt() <= 2);
      assertThat(server.requests().size()).isBetween(31, 40);
      assertThat(ran.messages() + ran.out()).doesNotContain("token-");
    }
  }

  @Test
  void a_401_to_a_new_token_is_final_and_a_token_with_a_scheme_is_sent_as_it_is()
      throws IOException {
    try (Scripted server =
        new Scripted((request, count) ->
            new Scripted.Answer(401, "no: " + request.headers().getFirst("Authorization")))) {
      Path out = folder.resolve("out");
      Cli ran =
          Cli.run(
              server.urls(1), "fetch", "--bodies=" + out, "--token-command=echo Basic t0ken", "-");

      assertThat(ran.status()).isEqualTo(1);
      assertThat(server.requests()).hasSize(2);
      assertThat(ran.results().getFirst().get("attempts").asInt()).isEqualTo(2);
      assertThat(out.resolve("1.bin")).hasContent("no: Basic t0ken");
    }
  }

  @Test
  void a_line_with_its_own_authorization_gets_no_token() throws IOException {
    try (Scripted server = new Scripted((request, count) -> new Scripted.Answer(401, "no"))) {
      String line =
          "{\"url\": \"" + server.uri() + "/\", \"headers\": {\"authorization\": \"Mine x\"}}\n";
      Cli.run(line, "fetch", "--token-command", counting(), "-");

      assertThat(server.requests())
          .extracting(request -> request.headers().getFirst("Authorization"))
          .containsExactly("Mine x");
      assertThat(folder.resolve("count")).hasContent("x\n");
    }
  }

  @Test
  void a_command_that_fails_later_stops_the_run_so_that_it_can_be_resumed() throws IOException {
    try (Scripted server = new Scripted((request, count) -> new Scripted.Answer(401, "no"))) {
      Path first = folder.resolve("first");
      Path output = folder.resolve("results.jsonl");
      Cli ran =
          Cli.run(
              server.urls(3),
              "fetch",
              "-o" + output,
              "--token-command=test ! -e '" + first + "' && touch '" + first + "' && echo t0ken",
              "-");

      assertThat(ran.status()).isEqualTo(75);
      assertThat(ran.messages()).contains("stopped: --token-command ended with status 1");
      assertThat(Files.readString(output)).isEmpty();
    }
  }

  @Test
  void keys_are_sent_in_turn_and_one_that_must_wait_is_passed_over() throws IOException {
    Map<String, AtomicInteger> byKey = new ConcurrentHashMap<>();
    try (Scripted server =
        new Scripted((request, count) -> {
          String key = String.valueOf(request.headers().getFirst("X-Api-Key"));
          int sent = byKey.computeIfAbsent(key, k -> new AtomicInteger()).incrementAndGet();
          return key.equals("k3y-one") && sent == 1
              ? new Scripted.Answer(429, "slow down", "Retry-After", "3")
              : new Scripted.Answer(200, key);
        })) {
      Cli ran =
          Cli.run(
              server.urls(20),
              "fetch",
              "-c1",
              "--rotate-header=X-Api-Key: k3y-one",
              "--rotate-header=x-api-key: k3y-two",
              "-");

      assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
      assertThat(ran.messages())
          .contains("key 1 answered 429 and asks to wait 3.0 s")
          .contains("the value of --header X-Api-Key is in the list of processes")
          .doesNotContain("k3y-");
      long atFirst = server.requests().getFirst().nanos();
      assertThat(server.requests())
          .filteredOn(request -> "k3y-two".equals(request.headers().getFirst("X-Api-Key")))
          .hasSizeGreaterThan(5)
          .allMatch(request -> request.nanos() - atFirst < 3_000_000_000L);
    }
  }

  @Test
  void each_key_has_the_rate_of_its_own() throws IOException {
    try (Scripted server = new Scripted((request, count) -> new Scripted.Answer(200, "fine"))) {
      Cli ran =
          Cli.run(
              server.urls(6),
              "fetch",
              "--per-host=2/h",
              "--for=2s",
              "--rotate-header=X-N: a",
              "--rotate-header=X-N: b",
              "-");

      assertThat(ran.status()).isEqualTo(75);
      assertThat(server.requests())
          .extracting(request -> request.headers().getFirst("X-N"))
          .containsExactlyInAnyOrder("a", "a", "b", "b");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--token-command false -      | --token-command ended with status 1",
        "--token-command true -       | --token-command must print one line",
        "--token-command true -u a:b - | --token-command fills Authorization, and so does another",
        "--token-command true -n -    | --token-command fills Authorization, and so does another",
        "--rotate-header X-A:1 --rotate-header X-B:2 - | \"X-A\" and \"X-B\" are two headers",
        "--rotate-header X-A:{id} -   | the header \"X-A\" cannot have {} here",
        "--rotate-header X-A:ü -      | the header \"X-A\" has characters in its value",
      })
  void wrong_usage_is_told_before_anything_is_sent(String line, String told) {
    Cli ran = Cli.run("http://127.0.0.1:1/\n", ("fetch " + line.strip()).split(" +"));

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains(told);
    assertThat(ran.out()).isEmpty();
  }
}
