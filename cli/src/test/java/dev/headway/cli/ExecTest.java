package dev.headway.cli;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Runs real commands. */
@Timeout(60)
final class ExecTest {

  @TempDir private Path folder;

  private List<JsonNode> log() throws IOException {
    return Cli.results(Files.readString(folder.resolve("log")));
  }

  private String logged() {
    return "--output=" + folder.resolve("log");
  }

  @Test
  void a_line_is_one_argument_and_reaches_no_shell() {
    String lines = "a b\n$(touch x)\n'q' \"r\"\n*\n{}\n";
    Cli ran = Cli.run(lines, "exec", "--ordered", "--", "printf", "<%s>\\n", "{}");

    assertThat(ran.out()).isEqualTo("<a b>\n<$(touch x)>\n<'q' \"r\">\n<*>\n<{}>\n");
    assertThat(ran.status()).isEqualTo(0);
    assertThat(ran.messages()).contains("5 done in", "5 succeeded, 0 failed");
  }

  @Test
  void an_argument_is_passed_on_whatever_is_in_it() {
    String ascii = IntStream.range(1, 128).mapToObj(Character::toString).collect(joining());
    String others = IntStream.range(128, 400).mapToObj(Character::toString).collect(joining());
    String line = ascii + others + "\uD83D\uDE00''\\'\n'; exit 9 #\n)";
    Cli ran = Cli.run(line, "exec", "-0", "--", "printf", "<%s>", "", "-n", "'$x\\", "{}");

    assertThat(ran.out()).isEqualTo("<><-n><'$x\\><" + line + ">");
    assertThat(ran.status()).isEqualTo(0);
  }

  @Test
  void a_command_is_a_program_and_nothing_that_a_shell_has_built_in() {
    Cli ran = Cli.run("set\nexit\n.\n:\n", "exec", "--", "{}");

    assertThat(ran.messages())
        .contains("line 1: it cannot be started: No such file or directory: set")
        .contains("line 2: it cannot be started: No such file or directory: exit")
        .contains("line 3: it cannot be started: ", "line 4: it cannot be started: ");
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void a_command_reads_nothing_and_has_no_pipe_of_ours() {
    String script = "cat; for fd in /dev/fd/*; do test -p $fd && echo $fd; done; : {}";
    Cli ran = Cli.run("a\nb\n", "exec", "--concurrency=1", "--shell", "--", script);

    assertThat(ran.out()).isEmpty();
    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
  }

  @Test
  void how_a_command_ends_is_told_as_it_was() throws Exception {
    Cli ran =
        Spawned.run(
            Map.of(),
            "exit 126\nexit 127\nkill -KILL $$\nkill -INT $$\n",
            "exec",
            "--ordered",
            logged(),
            "--",
            "sh",
            "-c",
            "{}");

    assertThat(ran.messages()).contains("line 1: exit status 126: ", "line 2: exit status 127: ");
    assertThat(log())
        .extracting(line -> line.get("status").intValue())
        .containsExactly(126, 127, 137, 130);
  }

  @Test
  void options_after_the_command_are_its_own() {
    Cli ran = Cli.run("x\n", "exec", "--quiet", "echo", "--rate", "@file", "-n");

    assertThat(ran.out()).isEqualTo("--rate @file -n x\n");
    assertThat(ran.messages()).isEmpty();
  }

  @Test
  void a_shell_runs_a_script_in_which_no_line_is_code() {
    Cli ran =
        Cli.run(
            "$(echo evil)\n`echo evil`\n\"; echo evil; \"\n",
            "exec",
            "--shell",
            "--ordered",
            "--",
            "printf %s {} | tr v V; echo \" {#}\"");

    assertThat(ran.out()).isEqualTo("$(echo eVil) 1\n`echo eVil` 2\n\"; echo eVil; \" 3\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rm {}", "rm \"{}\"", "rm '{}'", "rm \"./{}\""})
  void a_shell_removes_the_file_that_a_line_names_and_no_other(String script) throws IOException {
    Path file = Files.createFile(folder.resolve("*"));
    Path other = Files.createFile(folder.resolve("a"));
    String inFolder = "cd '" + folder + "'; " + script;
    Cli ran = Cli.run("*\n", "exec", "--shell", "--", inFolder);

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(file).doesNotExist();
    assertThat(other).exists();
  }

  @Test
  void a_place_in_which_a_line_may_not_be_one_word_is_wrong_usage() {
    Cli ran = Cli.run("x\n", "exec", "--shell", "--", "echo `basename {}`");

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages())
        .contains("{} cannot stand in back quotes", "write \"$1\", which is the line");
    assertThat(ran.out()).isEmpty();
    assertThat(Cli.run("a b\n", "exec", "--shell", "--", "echo `basename \"$1\"`").out())
        .isEqualTo("a b\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--quiet", "--ordered"})
  void what_a_command_writes_stays_together(String option) {
    String script = "for i in 1 2 3; do echo {} $i; sleep 0.02; done";
    Cli ran = Cli.run("a\nb\nc\nd\n", "exec", option, "--concurrency=4", "--shell", "--", script);

    List<String> names = ran.out().lines().map(line -> line.substring(0, 1)).distinct().toList();
    assertThat(names).hasSize(4);
    assertThat(ran.out())
        .isEqualTo(
            names.stream()
                .map(name -> name + " 1\n" + name + " 2\n" + name + " 3\n")
                .collect(Collectors.joining()));
    if (option.equals("--ordered")) {
      assertThat(names).containsExactly("a", "b", "c", "d");
    }
  }

  @Test
  void lines_come_whole_where_they_come_as_they_are_written() {
    String lines = IntStream.range(0, 40).mapToObj(i -> "x\n").collect(Collectors.joining());
    String script = "for i in 1 2 3; do printf aaaaaaaa; printf 'bbbbbbbb\\n'; done; printf c";
    Cli ran = Cli.run(lines, "exec", "--line-buffered", "--concurrency=8", "--shell", "--", script);

    assertThat(ran.out().replace("c", "").lines()).hasSize(120).containsOnly("aaaaaaaabbbbbbbb");
    assertThat(ran.out().chars().filter(c -> c == 'c')).hasSize(40);
  }

  @Test
  void line_buffered_commands_run_at_once_up_to_the_concurrency() throws Exception {
    int many = 250;
    Path started = folder.resolve("started");
    Path fifo = folder.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isEqualTo(0);
    String script = "echo x >>" + started + "; dd bs=1 count=1 <" + fifo + " 2>/dev/null; : {}";
    try (RandomAccessFile gate = new RandomAccessFile(fifo.toFile(), "rw")) {
      Thread opens =
          Thread.startVirtualThread(() -> {
            while (started.toFile().length() < 2L * many) {
              LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
            try {
              gate.write(new byte[many]);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      Cli ran =
          Cli.run(
              "a\n".repeat(many),
              "exec",
              "--line-buffered",
              "--concurrency=" + many,
              "--shell",
              "--",
              script);
      opens.join();

      assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    }
  }

  @Test
  void exit_statuses_are_collected_and_those_that_fail_are_named() throws IOException {
    Cli ran =
        Cli.run(
            "0\n3\n7\n", "exec", "--ordered", logged(), "--shell", "--", "echo bad >&2; exit {}");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.messages())
        .contains("bad\nbad\nbad\n", "headway: line 2: exit status 3: 3\n")
        .contains("headway: line 3: exit status 7: 7\n", "1 succeeded, 2 failed");
    assertThat(log()).extracting(line -> line.get("status").intValue()).containsExactly(0, 3, 7);
    assertThat(log()).extracting(line -> line.get("id").intValue()).containsExactly(1, 2, 3);
    assertThat(log().get(0).has("error")).isFalse();
  }

  @Test
  void a_command_that_takes_too_long_is_ended_with_all_that_it_has_started() throws Exception {
    Cli ran =
        Cli.run(
            "x\n",
            "exec",
            "--timeout=300ms",
            logged(),
            "--shell",
            "--",
            "sh -c 'sleep 300 & echo $!; wait' & echo $!; wait; : {}");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.messages()).contains("line 1: it took longer than 0.3 s");
    assertThat(log().getFirst().get("status").isNull()).isTrue();
    assertThat(ran.out().lines()).hasSize(2).noneMatch(ExecTest::isAlive);
  }

  private static boolean isAlive(String pid) {
    return ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isPresent();
  }

  @Test
  void the_log_replaces_one_that_was_there() throws IOException {
    Files.writeString(folder.resolve("log"), "yesterday's\n");
    Cli ran = Cli.run("a\n", "exec", logged(), "--quiet", "echo");

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(log()).hasSize(1);
  }

  @Test
  void what_fails_is_run_again_and_what_came_before_is_forgotten() throws IOException {
    Path seen = folder.resolve("seen");
    String script = "echo {}; echo x >> " + seen + "; test $(wc -l < " + seen + ") -ge 3";
    Cli ran = Cli.run("a\n", "exec", "--retries=5", logged(), "--shell", "--", script);

    assertThat(ran.status()).isEqualTo(0);
    assertThat(ran.out()).isEqualTo("a\n");
    assertThat(log().getFirst().get("attempts").intValue()).isEqualTo(3);
  }

  @Test
  void what_came_before_is_forgotten_where_nothing_comes_after() {
    Path seen = folder.resolve("seen");
    String script = "test -e " + seen + " || { : > " + seen + "; echo before; exit 1; }; : {}";
    Cli ran = Cli.run("a\n", "exec", "--retries=1", "--quiet", "--shell", "--", script);

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void what_a_command_leaves_running_writes_over_nothing() {
    Path go = folder.resolve("go");
    Path gone = folder.resolve("gone");
    String leaves = "(until test -e " + go + "; do sleep 0.01; done; echo late; : >" + gone + ") &";
    String waits = "echo one; : >" + go + "; until test -e " + gone + "; do sleep 0.01; done";
    String lines = leaves + "\n" + waits + "\necho two\n";
    Cli ran = Cli.run(lines, "exec", "--concurrency=1", "--", "sh", "-c", "{}");

    assertThat(ran.out()).isEqualTo("one\ntwo\n");
  }

  @Test
  void lines_may_end_with_a_nul() {
    Cli ran = Cli.run("a\nb\0c\0", "exec", "-0", "--ordered", "--", "printf", "<%s>");

    assertThat(ran.out()).isEqualTo("<a\nb><c>");
  }

  @Test
  void lines_are_read_from_a_file_and_blank_ones_passed_over() throws IOException {
    Path lines = Files.writeString(folder.resolve("lines"), "a\n\n  \r\nb\r\n");
    Cli ran = Cli.run("", "exec", "-a", lines.toString(), "--ordered", "--", "echo", "{#}{}");

    assertThat(ran.out()).isEqualTo("1a\n2b\n");
  }

  @Test
  void a_line_that_is_no_text_fails_and_keeps_no_other_from_being_run() {
    byte[] lines = {'a', '\n', (byte) 0xFF, (byte) 0xFE, '\n', 'b', 0, 'c', '\n', 'd', '\n'};
    Cli ran = Cli.run(lines, "exec", "--ordered", "echo");

    assertThat(ran.out()).isEqualTo("a\nd\n");
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.messages())
        .contains("line 2: it is not UTF-8 text", "line 3: it holds the character 0");
  }

  @Test
  void a_line_that_is_too_long_for_a_command_fails() {
    Cli ran = Cli.run("x".repeat(3 << 20) + "\nb\n", "exec", "--ordered", "echo");

    assertThat(ran.out()).isEqualTo("b\n");
    assertThat(ran.messages()).contains("line 1: it cannot be started: Argument list too long");
    assertThat(ran.messages().length()).isLessThan(2_000);
  }

  @Test
  void a_rate_is_kept() {
    long from = System.nanoTime();
    Cli ran = Cli.run("a\n".repeat(7), "exec", "--rate=3/500ms", "true");

    assertThat(ran.status()).isEqualTo(0);
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void a_command_that_is_not_there_is_told_before_anything_is_run() {
    for (String name : new String[] {"no-such-command", "./no-such-command", folder.toString()}) {
      Cli ran = Cli.run("a\n", "exec", "--", name, "{}");
      assertThat(ran.status()).isEqualTo(2);
      assertThat(ran.messages()).contains("there is no command \"" + name + "\"");
    }
    Cli varying = Cli.run("true\nno-such-command\n", "exec", "--", "{}");
    assertThat(varying.status()).isEqualTo(1);
    assertThat(varying.messages())
        .contains("line 2: it cannot be started: No such file or directory: no-such-command");
  }

  @Test
  void where_nothing_can_be_written_it_stops_and_says_so() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    for (String option : new String[] {"--ordered", "--line-buffered"}) {
      byte[] lines = "a\n".repeat(1_000).getBytes(StandardCharsets.UTF_8);
      Cli ran = Cli.run(new ByteArrayInputStream(lines), closed, "exec", option, "echo");
      assertThat(ran.status()).as(option).isEqualTo(1);
      assertThat(ran.messages()).contains("no more can be written (Broken pipe)");
    }
  }

  /**
   * A second lies between the two, and what the first has left running writes in the midst of it.
   */
  @Test
  void what_is_written_between_commands_is_dropped() {
    String script = "if [ {} = a ]; then (sleep 0.2; echo stray) & else echo {}; fi";
    Cli ran =
        Cli.run(
            "a\nb\n", "exec", "--concurrency", "1", "--spacing", "1/s", "--shell", "--", script);

    assertThat(ran.status()).isEqualTo(0);
    assertThat(ran.out()).isEqualTo("b\n");
  }
}
