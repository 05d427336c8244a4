package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.practice.PracticeServer;
import dev.headway.cli.practice.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as it is started without some of its standard streams. */
@Timeout(60)
final class ClosedStreamsTest {

  private static final String INPUT_IS_CLOSED = "headway: standard input is closed";
  private static final String OUTPUT_IS_CLOSED = "headway: standard output is closed";

  @TempDir private Path folder;

  private Path lines(String text) throws IOException {
    return Files.writeString(folder.resolve("lines"), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fetch -",
        "fetch --url http://127.0.0.1:1/{} -",
        "fetch --csv - --url http://127.0.0.1:1/{}",
        "exec echo",
        "exec --line-buffered -- echo {}",
        "plan --rate 3/s -",
      })
  void a_standard_input_that_is_closed_is_told_and_nothing_is_done(String arguments)
      throws Exception {
    for (String closed : new String[] {"<&-", "0>/dev/null"}) {
      Cli ran = Spawned.redirected(closed, arguments.split(" "));

      assertThat(ran.messages()).startsWith(INPUT_IS_CLOSED).doesNotContain("\tat ");
      assertThat(ran.status()).isEqualTo(2);
      assertThat(ran.out()).isEmpty();
    }
  }

  @Test
  void results_that_are_there_stay_where_standard_input_is_closed() throws Exception {
    Path results = Files.writeString(folder.resolve("results"), "earlier\n");
    for (String command : new String[] {"fetch", "exec"}) {
      String last = command.equals("fetch") ? "-" : "echo";
      Cli ran = Spawned.redirected("<&-", command, "--output", results.toString(), last);

      assertThat(ran.messages()).startsWith(INPUT_IS_CLOSED);
      assertThat(ran.status()).isEqualTo(2);
      assertThat(results).hasContent("earlier\n");
    }
  }

  @Test
  void who_reads_no_standard_input_needs_none() throws Exception {
    try (PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      String file = lines(server.uri() + "/a\n").toString();
      assertThat(Spawned.redirected("<&-", "fetch", file).results()).hasSize(1);
      assertThat(Spawned.redirected("<&-", "exec", "-a", file, "echo").out())
          .isEqualTo(server.uri() + "/a\n");
    }
    assertThat(Spawned.redirected("<&-", "--version").status()).isEqualTo(0);
    assertThat(Spawned.redirected("<&-", "plan", "--rate", "3/s", "--requests", "9").status())
        .isEqualTo(0);
  }

  @Test
  void an_empty_standard_input_is_no_closed_one() throws Exception {
    assertThat(Spawned.redirected("</dev/null", "exec", "echo").status()).isEqualTo(0);
    assertThat(Spawned.redirected("<" + lines("a\n"), "exec", "echo").out()).isEqualTo("a\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fetch",
        "exec echo -a",
        "exec -a",
        "plan --rate 3/s",
        "--version",
        "--help",
        "fetch --help",
        "completion bash",
      })
  void a_standard_output_that_is_closed_is_told(String arguments) throws Exception {
    try (PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      Path done = folder.resolve("done");
      String file = lines(server.uri() + "/\n").toString();
      String[] all =
          switch (arguments) {
            case "exec -a" -> new String[] {"exec", "-a", file, "touch", done.toString()};
            case "exec echo -a" -> new String[] {"exec", "-a", file, "echo"};
            case "fetch", "plan --rate 3/s" -> (arguments + " " + file).split(" ");
            default -> arguments.split(" ");
          };
      for (String closed : new String[] {">&-", "1</dev/null"}) {
        Cli ran = Spawned.redirected(closed, all);

        assertThat(ran.messages()).startsWith(OUTPUT_IS_CLOSED).doesNotContain("\tat ");
        assertThat(ran.status()).isEqualTo(2);
      }
      assertThat(done).doesNotExist();
      assertThat(server.stats().requests()).isZero();
    }
  }

  @Test
  void results_in_a_file_need_no_standard_output_and_nothing_else_is_in_them() throws Exception {
    try (PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      String file = lines((server.uri() + "/\n").repeat(3)).toString();
      for (String closed : new String[] {">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"}) {
        Path results = folder.resolve("results");
        Cli ran = Spawned.redirected(closed, "fetch", "--output", results.toString(), file);

        assertThat(ran.status()).as(closed).isEqualTo(0);
        assertThat(Cli.results(Files.readString(results))).as(closed).hasSize(3);
      }
    }
  }

  @Test
  void where_standard_error_is_closed_its_text_goes_nowhere_else() throws Exception {
    String file = lines("a\nb\n").toString();
    Cli ran =
        Spawned.redirected(
            "2>&-", "exec", "-a", file, "--ordered", "--shell", "--", "echo {}; echo bad >&2");

    assertThat(ran.out()).isEqualTo("a\nb\n");
    assertThat(ran.messages()).isEmpty();
    assertThat(ran.status()).isEqualTo(0);
  }
}
