package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.testkit.Windows;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Kills {@code headway exec} at random instants and resumes it each time: 4 times as a rule, or as
 * often as {@code -Dkills=20} says.
 */
@Timeout(300)
@EnabledOnOs(OS.LINUX)
final class KilledRunTest {

  private static final int KILLS = Integer.getInteger("kills", 4);
  private static final int COMMANDS = 40 + 23 * KILLS;
  private static final int RATE = 20;
  private static final Duration PERIOD = Duration.ofSeconds(4);
  private static final String VARIABLE = "HEADWAY_KILLED_RUN";

  @TempDir private Path folder;
  private final String mark = UUID.randomUUID().toString();

  @AfterEach
  void endWhatIsLeft() {
    marked().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
  }

  @Test
  void no_result_is_lost_torn_or_there_twice_no_process_is_left_and_no_window_is_exceeded()
      throws Exception {
    Files.write(
        folder.resolve("lines"), IntStream.range(0, COMMANDS).mapToObj(i -> "line " + i).toList());
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int kills = 0; kills < KILLS; kills++) {
      Process run = start("300");
      // One in four is killed before it has run anything, or about then.
      if (random.nextInt(4) > 0) {
        awaitStart(run);
      }
      boolean over = run.waitFor(random.nextInt(1_500), TimeUnit.MILLISECONDS);
      run.destroyForcibly().waitFor();
      assertThat(over).as("it ends before it is killed, with seed %s", seed).isFalse();
    }
    Process last = start("0.1");

    assertThat(last.waitFor()).as("%s; seed %s", messages(), seed).isEqualTo(0);
    assertThat(marked()).as("seed %s", seed).isEmpty();
    assertThat(results()).as("seed %s", seed).hasSize(COMMANDS).doesNotHaveDuplicates();
    long[] starts =
        Files.readAllLines(starts().toPath()).stream().mapToLong(Long::parseLong).toArray();
    assertThat(Windows.fullest(starts, PERIOD)).as("seed %s", seed).isLessThanOrEqualTo(RATE);
  }

  /** Two commands run until headway is killed, or for as long as is said. */
  private Process start(String longest) throws IOException {
    String script =
        "date +%s%N >>'"
            + starts()
            + "'; case {} in *' 3' | *' 8') sleep "
            + longest
            + " & wait ;; *) sleep 0.05 ;; esac";
    return Spawned.start(
        Map.of(VARIABLE, mark),
        folder.resolve("messages"),
        "exec",
        "--rate=" + RATE + "/4s",
        "--concurrency=8",
        "--output=" + folder.resolve("results"),
        "--resume",
        "-a",
        folder.resolve("lines").toString(),
        "--shell",
        "--",
        script);
  }

  private void awaitStart(Process run) throws InterruptedException {
    long before = starts().length();
    while (run.isAlive() && starts().length() == before) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private File starts() {
    return folder.resolve("starts").toFile();
  }

  private String messages() throws IOException {
    return Files.readString(folder.resolve("messages"));
  }

  private List<String> results() throws IOException {
    return Cli.results(Files.readString(folder.resolve("results"))).stream()
        .map(KilledRunTest::input)
        .toList();
  }

  private static String input(JsonNode result) {
    assertThat(result.get("status").intValue()).isEqualTo(0);
    return result.get("input").stringValue();
  }

  /** All processes that descend from a run. */
  private List<Long> marked() {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(this::isMarked)
        .collect(Collectors.toList());
  }

  private boolean isMarked(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1)
          .contains(VARIABLE + "=" + mark);
    } catch (IOException ended) {
      return false;
    }
  }
}
