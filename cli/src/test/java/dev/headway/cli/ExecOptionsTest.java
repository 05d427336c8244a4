package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Options of {@code exec} that xargs and GNU parallel have, too. */
@Timeout(60)
final class ExecOptionsTest {

  @TempDir private Path folder;

  private static String numbers(int count) {
    return String.join("\n", IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toList());
  }

  @Test
  void columns_of_a_table_have_places_by_name_and_by_number() throws IOException {
    Path table = Files.writeString(folder.resolve("people.csv"), "name,age\nAda,36\n\"B, c\",7\n");
    Cli ran =
        Cli.run(
            "", "exec", "--ordered", "--csv", table.toString(), "--", "echo", "{name}:{2}", "{}");

    assertThat(ran.out()).isEqualTo("Ada:36 Ada,36\nB, c:7 B, c,7\n");
    assertThat(ran.status()).isEqualTo(0);
  }

  @Test
  void a_delimiter_splits_lines_into_numbered_columns() {
    Cli ran = Cli.run("a;b\nc;d\n", "exec", "--ordered", "--delimiter", ";", "echo", "{2}-{1}");
    Cli tabs =
        Cli.run("a\tb\n", "exec", "--delimiter", "tab", "--shell", "echo \"{2}\" ${HOME:+x}");

    assertThat(ran.out()).isEqualTo("b-a\nd-c\n");
    assertThat(tabs.out()).isEqualTo("b x\n");
  }

  @Test
  void a_line_without_a_column_fails_alone_and_is_named() {
    Cli ran = Cli.run("a;b\nc\n", "exec", "--ordered", "--delimiter=;", "echo", "{2}");

    assertThat(ran.out()).isEqualTo("b\n");
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.messages()).contains("line 2: there is no column \"2\": there are [1]");
  }

  @Test
  void a_dry_run_prints_commands_as_a_shell_takes_them_and_runs_none() {
    Path touched = folder.resolve("touched");
    Cli ran = Cli.run("a b\nit's\n", "exec", "--dry-run", "touch", touched + "{#}", "{}");

    assertThat(ran.out())
        .isEqualTo("touch %s1 'a b'\ntouch %s2 'it'\\''s'\n".formatted(touched, touched));
    assertThat(ran.status()).isEqualTo(0);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void a_tag_begins_each_line_of_output() {
    Cli kept = Cli.run("a\nb\n", "exec", "--ordered", "--tag", "printf", "1\\n2\\n", "{}");
    Cli passedOn = Cli.run("c\n", "exec", "--line-buffered", "--tag", "printf", "1\\n2", "{}");

    assertThat(kept.out()).isEqualTo("a\t1\na\t2\nb\t1\nb\t2\n");
    assertThat(passedOn.out()).isEqualTo("c\t1\nc\t2");
  }

  @Test
  void a_run_stops_after_too_many_failures_and_can_be_resumed() throws IOException {
    String log = folder.resolve("log").toString();
    Cli ran =
        Cli.run(numbers(50), "exec", "-j1", "--max-failures=3", "--output", log, "--", "false");

    assertThat(ran.status()).isEqualTo(75);
    assertThat(ran.messages())
        .contains("stopped: 3 failed, the last with: exit status 1; --max-failures is 3")
        .contains("--resume");
    assertThat(Cli.results(Files.readString(Path.of(log)))).hasSizeBetween(3, 30);
    Cli resumed = Cli.run(numbers(50), "exec", "-q", "--output", log, "--resume", "true");
    assertThat(resumed.status()).isEqualTo(1);
    assertThat(Cli.results(Files.readString(Path.of(log)))).hasSize(50);
  }

  @Test
  void a_retry_waits_for_its_delay_and_longer_each_time() throws IOException {
    String log = folder.resolve("log").toString();
    long began = System.nanoTime();
    Cli.run("a\n", "exec", "--retries=2", "--retry-delay=200ms", "--output", log, "false");

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(300));
    assertThat(Cli.results(Files.readString(Path.of(log))).getFirst().get("attempts").asInt())
        .isEqualTo(3);
  }

  @Test
  void an_exit_status_that_asks_to_slow_down_pauses_all_and_is_no_failure() throws IOException {
    Path asked = folder.resolve("asked");
    String script = "test -e '" + asked + "' || { : >'" + asked + "'; exit 75; }; echo {}";
    long began = System.nanoTime();
    Cli ran = Cli.run("a\n", "exec", "--slow-down-on=75", "--shell", "--", script);

    assertThat(ran.out()).isEqualTo("a\n");
    assertThat(ran.status()).isEqualTo(0);
    assertThat(ran.messages()).contains("1 succeeded, 0 failed");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(900));
  }

  @Test
  void a_budget_is_kept_by_what_each_command_takes() {
    long began = System.nanoTime();
    Cli ran =
        Cli.run(
            numbers(3),
            "exec",
            "--budget=tokens=1000/s",
            "--each=tokens=500",
            "--count-from=start",
            "true");

    assertThat(ran.status()).isEqualTo(0);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(1));
    assertThat(Cli.run("", "exec", "--each=tokens=5", "true").messages())
        .contains("there is no budget tokens: give it one with --budget tokens=RATE");
  }

  @Test
  void limits_that_are_shared_must_be_given() {
    Cli ran = Cli.run("a\n", "exec", "--shared", "redis://h", "true");

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains("--shared shares limits: give one with --rate");
  }

  @Test
  void no_option_is_declared_twice_and_only_headway_has_a_version() {
    List<CommandLine> subcommands =
        Main.commandLine().getSubcommands().values().stream()
            .filter(command -> !command.getCommandName().equals("help"))
            .toList();
    List<Object> declared =
        subcommands.stream()
            .flatMap(command -> command.getCommandSpec().options().stream())
            .map(option -> List.of(option.longestName(), String.join(" ", option.description())))
            .distinct()
            .map(pair -> pair.getFirst())
            .map(Object.class::cast)
            .toList();

    assertThat(declared).doesNotHaveDuplicates();
    assertThat(subcommands)
        .allSatisfy(
            command -> assertThat(command.getCommandSpec().optionsMap()).doesNotContainKey("-V"));
  }
}
