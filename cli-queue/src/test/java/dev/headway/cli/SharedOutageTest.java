package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.practice.PracticeServer;
import dev.headway.cli.practice.ServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The store of shared limits fails in the midst of a run. */
@Timeout(60)
final class SharedOutageTest {

  private static final int LINES = 60;

  @TempDir private Path folder;

  private Cli run(TestRedis redis, String lines, List<String> command) {
    List<String> arguments = new ArrayList<>(command.subList(0, 1));
    arguments.addAll(
        List.of(
            "--rate",
            "20/s",
            "--shared",
            redis.uri(),
            "--output",
            folder.resolve("results.jsonl").toString()));
    arguments.addAll(command.subList(1, command.size()));
    return Cli.run(lines, arguments.toArray(String[]::new));
  }

  private static String lines(String prefix) {
    return IntStream.range(0, LINES).mapToObj(i -> prefix + i + "\n").collect(Collectors.joining());
  }

  private List<Integer> ids() throws Exception {
    return Cli.results(Files.readString(folder.resolve("results.jsonl"))).stream()
        .peek(result -> assertThat(result.has("error")).as("%s", result).isFalse())
        .map(result -> result.get("id").asInt())
        .toList();
  }

  /** Refuses what a run asks for after a while, and returns how that ended. */
  private Cli refused(TestRedis redis, String lines, List<String> command) throws Exception {
    try (ExecutorService shell = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Cli> running = shell.submit(() -> run(redis, lines, command));
      Path results = folder.resolve("results.jsonl");
      while (!Files.exists(results) || Files.size(results) == 0) {
        Thread.sleep(20);
      }
      redis.commands().configSet("min-replicas-to-write", "1");
      return running.get();
    }
  }

  private void assertStopsResumably(String lines, String... command) throws Exception {
    try (TestRedis redis = TestRedis.startOwn()) {
      Cli stopped = refused(redis, lines, List.of(command));

      assertThat(stopped.status()).as(stopped.messages()).isEqualTo(75);
      assertThat(stopped.messages())
          .contains("stopped: the store of ")
          .contains(" has answered: NOREPLICAS")
          .doesNotContain("asks again");
      assertThat(ids()).hasSizeBetween(1, LINES - 1).doesNotHaveDuplicates();

      redis.commands().configSet("min-replicas-to-write", "0");
      List<String> resumed = new ArrayList<>(List.of(command));
      resumed.add(1, "--resume");
      Cli again = run(redis, lines, resumed);
      assertThat(again.status()).as(again.messages()).isZero();
      assertThat(ids()).hasSize(LINES).doesNotHaveDuplicates();
    }
  }

  @Test
  void a_store_that_refuses_stops_fetch_so_that_it_can_be_resumed() throws Exception {
    try (PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      assertStopsResumably(lines(server.uri() + "/"), "fetch", "-");
      // What was in flight is sent again.
      assertThat(server.stats().requests()).isBetween((long) LINES, LINES + 10L);
    }
  }

  @Test
  void a_store_that_refuses_stops_exec_so_that_it_can_be_resumed() throws Exception {
    assertStopsResumably(lines(""), "exec", "--", "true");
  }

  @Test
  void a_store_that_is_silent_is_waited_for_and_that_is_said() throws Exception {
    try (TestRedis redis = TestRedis.startOwn();
        ExecutorService shell = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Cli> running =
          shell.submit(() -> run(redis, lines(""), List.of("exec", "--", "true")));
      Path results = folder.resolve("results.jsonl");
      while (!Files.exists(results) || Files.size(results) == 0) {
        Thread.sleep(20);
      }
      redis.commands().clientPause(8_000);

      Cli ran = running.get();
      assertThat(ran.status()).as(ran.messages()).isZero();
      assertThat(ran.messages())
          .containsOnlyOnce("the store of the shared limits does not answer: waiting for it")
          .containsOnlyOnce("the store of the shared limits answers again");
      assertThat(ids()).hasSize(LINES).doesNotHaveDuplicates();
    }
  }
}
