package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of commands when headway is killed so that it can do nothing any more. */
@Timeout(60)
final class KilledTest {

  /** A command, with a child and a grandchild, none of which cares for signals. */
  private static final String STUBBORN =
      "trap '' TERM INT HUP; echo $$ >>pids;"
          + " (echo x >/dev/null; sh -c 'echo $$ >>pids; sleep 300; :') &"
          + " sleep 300 & echo $! >>pids; wait; : {}";

  @TempDir private Path folder;
  private final List<ProcessHandle> commands = new ArrayList<>();

  @AfterEach
  void endWhatIsLeft() {
    commands.forEach(ProcessHandle::destroyForcibly);
  }

  private static void until(Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private Process exec(String lines, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("exec"));
    all.addAll(List.of(arguments));
    Process headway = Spawned.start(folder.resolve("messages"), all.toArray(String[]::new));
    commands.add(headway.toHandle());
    try (var input = headway.outputWriter()) {
      input.write(lines);
    }
    return headway;
  }

  private List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private String inFolder(String script) {
    return "cd '" + folder + "'; " + script;
  }

  @ParameterizedTest
  @ValueSource(strings = {"--ordered", "--line-buffered"})
  void no_command_outlives_headway_when_it_is_killed(String option) throws Exception {
    Process headway =
        exec("a\nb\nc\n", option, "--concurrency=3", "--shell", "--", inFolder(STUBBORN));
    Path pids = folder.resolve("pids");
    until(() -> lines(pids).size() == 9);
    headway.descendants().forEach(commands::add);
    assertThat(commands).hasSizeGreaterThan(9);
    headway.destroyForcibly();

    until(() -> commands.stream().noneMatch(ProcessHandle::isAlive));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--ordered", "--line-buffered"})
  void commands_that_have_just_started_or_left_their_parents_end_too(String option)
      throws Exception {
    String leaving = "echo $$ >>pids; (sleep 300 & echo $! >>pids); sleep 300; : {}";
    Process headway =
        exec("a\nb\nc\nd\n", option, "--concurrency=4", "--shell", "--", inFolder(leaving));
    Path pids = folder.resolve("pids");
    until(() -> lines(pids).size() >= 2);
    headway.destroyForcibly();
    headway.waitFor();
    until(() -> lines(pids).stream().noneMatch(KilledTest::runs));
    // None starts after that.
    TimeUnit.MILLISECONDS.sleep(200);
    assertThat(lines(pids)).noneMatch(KilledTest::runs);
  }

  private static boolean runs(String pid) {
    return ProcessHandle.of(Long.parseLong(pid))
        .filter(found -> found.isAlive() && found.info().command().isPresent())
        .isPresent();
  }

  @Test
  void a_watchdog_that_has_ended_without_a_parent_to_ask_keeps_nothing_from_running()
      throws Exception {
    Process parent = new ProcessBuilder("sh", "-c", "sleep 0.01 & echo $!; exec sleep 300").start();
    commands.add(parent.toHandle());
    ProcessHandle ended =
        ProcessHandle.of(Long.parseLong(parent.inputReader().readLine())).orElseThrow();
    String note = ended.pid() + " " + ended.info().startInstant().orElseThrow().toEpochMilli();
    until(() -> ended.info().command().isEmpty());
    Files.writeString(folder.resolve("log.headway.running"), note);
    Process headway = exec("a\n", "--output", folder.resolve("log").toString(), "--", "true");

    assertThat(headway.waitFor()).isEqualTo(0);
  }

  @Test
  void a_run_that_goes_on_after_a_kill_starts_when_nothing_of_the_earlier_one_is_left()
      throws Exception {
    String log = folder.resolve("log").toString();
    // Many processes take their time to be killed.
    String slow =
        "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 300 & done; trap '' TERM; echo $$ >>pids; wait";
    Process first =
        exec(
            "a\nb\n",
            "--output",
            log,
            "--concurrency=2",
            "--shell",
            "--",
            inFolder(slow + "; : {}"));
    until(() -> lines(folder.resolve("pids")).size() == 2);
    first.descendants().forEach(commands::add);
    assertThat(folder.resolve("log.headway.running")).exists();
    first.destroyForcibly();
    first.waitFor();
    String check =
        "for pid in $(cat pids); do kill -0 $pid 2>/dev/null && echo overlaps >>seen; done;"
            + " echo {} >>done";
    Process second = exec("a\nb\n", "--output", log, "--resume", "--shell", "--", inFolder(check));

    assertThat(second.waitFor()).as(Files.readString(folder.resolve("messages"))).isEqualTo(0);
    assertThat(folder.resolve("seen")).doesNotExist();
    assertThat(lines(folder.resolve("done"))).containsExactlyInAnyOrder("a", "b");
    // One that has ended counts as alive until it is reaped.
    until(() ->
        commands.stream()
            .filter(each -> !each.equals(second.toHandle()))
            .noneMatch(ProcessHandle::isAlive));
    assertThat(folder.resolve("log.headway.running")).doesNotExist();
  }

  @Test
  void a_run_that_goes_on_waits_for_the_watchdog_of_the_one_before() throws Exception {
    Path log = folder.resolve("log");
    Process watchdog = new ProcessBuilder("sleep", "300").start();
    commands.add(watchdog.toHandle());
    Files.writeString(
        folder.resolve("log.headway.running"),
        watchdog.pid() + " " + watchdog.info().startInstant().orElseThrow().toEpochMilli());
    Process headway =
        exec("ran\n", "--output", log.toString(), "--resume", "--", "touch", folder + "/{}");
    boolean over = headway.waitFor(2, TimeUnit.SECONDS);
    watchdog.destroy();

    assertThat(over).isFalse();
    assertThat(headway.waitFor()).isEqualTo(0);
    assertThat(folder.resolve("ran")).exists();
  }

  @Test
  void a_note_of_a_process_that_is_another_one_by_now_keeps_nothing_from_running()
      throws Exception {
    Path note = folder.resolve("log.headway.running");
    for (String text : new String[] {"", "x y", ProcessHandle.current().pid() + " 1"}) {
      Files.writeString(note, text);
      Process headway = exec("a\n", "--output", folder.resolve("log").toString(), "--", "true");

      assertThat(headway.waitFor()).isEqualTo(0);
      assertThat(note).doesNotExist();
    }
  }
}
