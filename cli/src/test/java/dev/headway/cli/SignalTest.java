package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.practice.PracticeServer;
import dev.headway.cli.practice.ServerOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the command in a JVM of its own, to which signals can be sent. */
@Timeout(30)
final class SignalTest {

  private static final int BURST = 50;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void what_has_finished_is_written_in_whole_lines_and_the_end_is_called_an_interruption(
      String signal, int status) throws Exception {
    try (PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      Process headway = start("fetch", "--rate", BURST + "/h", "-");
      try (OutputStream lines = headway.getOutputStream();
          BufferedReader results = headway.inputReader(StandardCharsets.UTF_8)) {
        lines.write((server.uri() + "/\n").repeat(2 * BURST).getBytes(StandardCharsets.UTF_8));
        lines.flush();
        for (int i = 0; i < BURST; i++) {
          assertThat(Cli.results(results.readLine())).hasSize(1);
        }
        send(signal, headway);

        assertThat(results.lines()).isEmpty();
        assertThat(headway.waitFor()).isEqualTo(status);
        assertThat(messages())
            .contains("headway: interrupted: 50 done in ")
            .doesNotContain("\tat ");
        assertThat(server.stats().requests()).isEqualTo(BURST);
      }
    }
  }

  @Test
  void a_closed_pipe_ends_it_with_1_and_without_a_stack_trace() throws Exception {
    try (PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      Process headway = start("fetch", "-");
      try (OutputStream lines = headway.getOutputStream()) {
        headway.getInputStream().close();
        lines.write((server.uri() + "/\n").repeat(100).getBytes(StandardCharsets.UTF_8));
        lines.flush();

        assertThat(headway.waitFor()).isEqualTo(1);
        assertThat(messages()).contains("no more can be written").doesNotContain("\tat ");
      }
    }
  }

  @Test
  void commands_end_with_what_runs_them() throws Exception {
    Process headway = start("exec", "--line-buffered", "--shell", "--", "echo $$; sleep 300; : {}");
    try (OutputStream lines = headway.getOutputStream();
        BufferedReader output = headway.inputReader(StandardCharsets.UTF_8)) {
      lines.write("a\n".getBytes(StandardCharsets.UTF_8));
      lines.flush();
      ProcessHandle command = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      List<ProcessHandle> tree = command.descendants().toList();
      send("INT", headway);

      assertThat(headway.waitFor()).isEqualTo(130);
      assertThat(command.isAlive()).isFalse();
      assertThat(tree).noneMatch(ProcessHandle::isAlive);
    }
  }

  @Test
  void nothing_is_left_of_what_ran_commands_when_a_terminal_interrupts_them_all() throws Exception {
    Path begun = folder.resolve("begun");
    Path scratch = folder.resolve("scratch");
    Process headway =
        start("exec", "--shell", "--", "trap '' INT; echo $$ > " + begun + "; sleep 300; : {}");
    try (OutputStream lines = headway.getOutputStream()) {
      lines.write("a\n".getBytes(StandardCharsets.UTF_8));
      lines.flush();
      while (!Files.exists(begun) || !Files.readString(begun).endsWith("\n")) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
      assertThat(scratch).isNotEmptyDirectory();
      List<ProcessHandle> tree = headway.descendants().toList();
      assertThat(tree).extracting(ProcessHandle::pid).contains(pidIn(begun));
      for (ProcessHandle each : tree) {
        send("INT", each.pid());
      }
      send("INT", headway);

      assertThat(headway.waitFor()).isEqualTo(130);
      assertThat(tree).noneMatch(ProcessHandle::isAlive);
      assertThat(scratch).isEmptyDirectory();
    }
  }

  private static long pidIn(Path file) throws IOException {
    return Long.parseLong(Files.readString(file).strip());
  }

  @Test
  void what_was_interrupted_has_its_report() throws Exception {
    Path report = folder.resolve("run.html");
    Process headway = start("exec", "--rate", "2/h", "--report", report.toString(), "echo");
    try (OutputStream lines = headway.getOutputStream();
        BufferedReader output = headway.inputReader(StandardCharsets.UTF_8)) {
      lines.write("a\nb\nc\n".getBytes(StandardCharsets.UTF_8));
      lines.flush();
      assertThat(List.of(output.readLine(), output.readLine())).containsExactlyInAnyOrder("a", "b");
      send("INT", headway);

      assertThat(headway.waitFor()).isEqualTo(130);
      assertThat(Files.readString(report))
          .contains("\"state\":\"INTERRUPTED\"", "\"succeeded\":2,");
    }
  }

  private Process start(String... arguments) throws IOException {
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    return Spawned.start(folder.resolve("messages"), scratch, arguments);
  }

  private static void send(String signal, Process process) throws Exception {
    Spawned.send(signal, process.pid());
  }

  private static void send(String signal, long pid) throws Exception {
    Spawned.send(signal, pid);
  }

  private String messages() throws IOException {
    try (var lines = Files.lines(folder.resolve("messages"))) {
      return lines.collect(Collectors.joining("\n"));
    }
  }
}
