package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.practice.PracticeServer;
import dev.headway.cli.practice.ServerOptions;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues, as many processes work on them, some of which come to grief. */
@Timeout(60)
@Execution(ExecutionMode.CONCURRENT)
final class WorkersTest {

  private static final String NAME = "workers-test";
  private static final String STREAM = "headway:queue:{" + NAME + "}";

  /** No test ends if one has to be waited for. */
  private static final Duration FOREVER = Duration.ofHours(1);

  /** How many requests a worker takes that have not started. */
  private static final int AHEAD = 32;

  private static final Duration SHORT = Duration.ofSeconds(1);

  @TempDir private Path folder;
  private final List<Process> workers = new ArrayList<>();
  private TestRedis redis;
  private Gate gate;

  @BeforeEach
  void begin() throws IOException {
    redis = TestRedis.start();
    redis.commands().del(STREAM, STREAM + ":writing");
    gate = new Gate();
  }

  @AfterEach
  void end() throws IOException {
    workers.forEach(Process::destroyForcibly);
    gate.close();
    redis.close();
  }

  private void enqueue(String server, int count) {
    enqueue(redis, server, count);
  }

  private static void enqueue(TestRedis redis, String server, int count) {
    String urls =
        IntStream.rangeClosed(1, count)
            .mapToObj(i -> server + "/" + i + "\n")
            .collect(Collectors.joining());
    Cli put = Cli.run(urls, "enqueue", "--shared", redis.uri(), "--queue", NAME, "-");
    assertThat(put.status()).as(put.messages()).isEqualTo(0);
  }

  private Process work(String name, Duration lease, String... more) throws IOException {
    return work(redis.uri(), name, lease, more);
  }

  private Process work(String uri, String name, Duration lease, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("fetch", "--shared", uri, "--queue", NAME, "--output"));
    arguments.add(results(name).toString());
    arguments.addAll(List.of(more));
    Process worker =
        Spawned.start(
            folder.resolve(name + ".messages"),
            List.of("-Dheadway.lease.millis=" + lease.toMillis()),
            arguments.toArray(String[]::new));
    workers.add(worker);
    return worker;
  }

  private Path results(String name) {
    return folder.resolve(name + ".jsonl");
  }

  private List<Integer> ids(String... names) throws IOException {
    List<Integer> ids = new ArrayList<>();
    for (String name : names) {
      if (Files.exists(results(name))) {
        String text = Files.readString(results(name));
        // Whoever was killed may have left a torn line.
        Cli.results(text.substring(0, text.lastIndexOf('\n') + 1))
            .forEach(result -> ids.add(result.get("id").asInt()));
      }
    }
    return ids;
  }

  private String messages(String name) throws IOException {
    return Files.readString(folder.resolve(name + ".messages"));
  }

  private static void until(Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** How many requests a worker has taken and not done. */
  private long held(Process worker) {
    return redis
        .commands()
        .xpending(STREAM, "headway")
        .getConsumerMessageCount()
        .entrySet()
        .stream()
        .filter(consumer -> consumer.getKey().startsWith(worker.pid() + "-"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private void assertAllDoneOnce(int count, String... names) throws IOException {
    assertThat(ids(names))
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, count).boxed().toList());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void what_a_worker_had_that_was_killed_the_others_do(long seed) throws Exception {
    try (PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      enqueue(server.uri().toString(), 400);
      for (String name : List.of("a", "b", "c")) {
        work(name, SHORT, "--rate", "60/s");
      }
      until(() -> ids("a").size() > 20 * seed);
      workers.getFirst().destroyForcibly();

      assertThat(workers.get(1).waitFor()).isEqualTo(0);
      assertThat(workers.get(2).waitFor()).isEqualTo(0);
    }
    assertThat(ids("a")).hasSizeGreaterThan(20).hasSizeLessThan(400);
    assertThat(ids("b")).isNotEmpty();
    assertThat(ids("c")).isNotEmpty();
    assertAllDoneOnce(400, "a", "b", "c");
    until(() -> redis.commands().exists(STREAM, STREAM + ":writing") == 0);
  }

  @Test
  void a_worker_takes_no_more_than_it_can_soon_start_and_gives_it_back_when_it_is_interrupted()
      throws Exception {
    try (PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      enqueue(server.uri().toString(), 300);
      Process slow = work("slow", FOREVER, "--rate", "5/h");
      until(() -> ids("slow").size() == 5 && held(slow) == AHEAD);
      Process quick = work("quick", FOREVER);
      until(() -> ids("quick").size() >= 300 - 5 - AHEAD);
      assertThat(quick.isAlive()).isTrue();
      Spawned.send("INT", slow.pid());

      assertThat(slow.waitFor()).isEqualTo(130);
      assertThat(quick.waitFor()).isEqualTo(0);
    }
    assertThat(messages("slow"))
        .contains(
            AHEAD + " requests were not done, and in the queue \"workers-test\" again",
            "interrupted: 5 of")
        .doesNotContain("\tat ");
    assertAllDoneOnce(300, "slow", "quick");
    assertThat(redis.commands().exists(STREAM)).isZero();
  }

  @Test
  void whoever_was_interrupted_goes_on_by_being_started_again() throws Exception {
    enqueue(gate.uri(), 20);
    Process first = work("a", FOREVER, "--concurrency", "3");
    until(() -> gate.waiting() == 3);
    Spawned.send("TERM", first.pid());
    assertThat(first.waitFor()).isEqualTo(143);
    gate.open();

    assertThat(work("a", FOREVER, "--resume").waitFor()).isEqualTo(0);
    assertAllDoneOnce(20, "a");
  }

  @Test
  void what_others_took_over_from_a_worker_that_was_stopped_it_does_not_write() throws Exception {
    enqueue(gate.uri(), 40);
    Process stopped = work("stopped", SHORT, "--concurrency", "4", "--timeout", "1h");
    until(() -> gate.waiting() == 4 && held(stopped) == 4 + AHEAD);
    Spawned.send("STOP", stopped.pid());
    Process other = work("other", SHORT, "--header", Gate.PASS + ": all but /40");
    until(() -> ids("other").size() == 39);
    gate.open();
    Spawned.send("CONT", stopped.pid());
    until(() -> gate.passed() >= 39 + 36);
    gate.openLast();

    assertThat(stopped.waitFor()).isEqualTo(0);
    assertThat(other.waitFor()).isEqualTo(0);
    assertAllDoneOnce(40, "stopped", "other");
    assertThat(messages("stopped"))
        .contains("36 requests were taken over by others while this worker was not heard of");
    until(() -> redis.commands().exists(STREAM, STREAM + ":writing") == 0);
  }

  @Test
  void what_takes_longer_than_a_lease_is_not_taken_over() throws Exception {
    enqueue(gate.uri(), 100);
    Process slow = work("slow", SHORT, "--concurrency", "4", "--timeout", "1h");
    until(() -> gate.waiting() == 4 && held(slow) == 4 + AHEAD);
    Process quick = work("quick", SHORT, "--header", Gate.PASS + ": all");
    until(() -> ids("quick").size() == 100 - 36);
    boolean over = quick.waitFor(3 * SHORT.toMillis(), TimeUnit.MILLISECONDS);
    gate.open();

    assertThat(over).isFalse();
    assertThat(slow.waitFor()).isEqualTo(0);
    assertThat(quick.waitFor()).isEqualTo(0);
    assertThat(ids("slow")).hasSize(36);
    assertAllDoneOnce(100, "slow", "quick");
    assertThat(gate.passed()).isEqualTo(100);
  }

  @Test
  void a_queue_that_is_deleted_ends_its_workers_and_says_so() throws Exception {
    enqueue(gate.uri(), 100);
    Process busy = work("busy", SHORT, "--concurrency", "2");
    until(() -> gate.waiting() == 2);
    redis.commands().del(STREAM);
    gate.open();

    assertThat(busy.waitFor()).isEqualTo(1);
    assertThat(messages("busy"))
        .contains("the queue \"workers-test\" is not in Redis any more")
        .doesNotContain("\tat ", "are the others'");
    assertThat(ids("busy")).isEmpty();
  }

  @Test
  void a_redis_that_is_gone_ends_its_workers_after_the_deadline_and_what_is_done_is_there()
      throws Exception {
    try (TestRedis own = TestRedis.startOwn()) {
      enqueue(own, gate.uri(), 100);
      Process worker = work(own.uri() + "?timeout=1s", "a", SHORT, "--concurrency", "2");
      until(() -> gate.waiting() == 2);
      own.stop();
      gate.open();

      assertThat(worker.waitFor()).isEqualTo(1);
      assertThat(messages("a"))
          .contains("Redis at " + own.uri() + " has not answered for 1000 ms")
          .doesNotContain("\tat ", "WARN");
      assertThat(ids("a")).isEmpty();
    }
  }

  @Test
  void connections_that_break_lose_nothing() throws Exception {
    try (PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      enqueue(server.uri().toString(), 300);
      Process a = work("a", SHORT, "--rate", "60/s");
      Process b = work("b", SHORT, "--rate", "60/s");
      until(() -> !ids("a").isEmpty() && !ids("b").isEmpty());
      for (int kills = 1; kills <= 10; kills++) {
        int done = 150 + 10 * kills;
        until(() -> ids("a", "b").size() >= done);
        breakConnections();
      }
      assertThat(a.waitFor()).as(messages("a")).isEqualTo(0);
      assertThat(b.waitFor()).as(messages("b")).isEqualTo(0);
    }
    assertAllDoneOnce(300, "a", "b");
  }

  private void breakConnections() {
    try {
      redis.commands().clientKill(io.lettuce.core.KillArgs.Builder.typeNormal().skipme());
    } catch (RedisException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void filling_that_is_interrupted_leaves_nothing() throws Exception {
    Process filling =
        Spawned.start(
            folder.resolve("messages"), "enqueue", "--shared", redis.uri(), "--queue", NAME, "-");
    workers.add(filling);
    try (OutputStream lines = filling.getOutputStream()) {
      lines.write("http://127.0.0.1:1/\n".repeat(2_500).getBytes(StandardCharsets.UTF_8));
      lines.flush();
      until(() -> redis.commands().keys(filling()).size() == 1);
      assertThat(redis.commands().exists(STREAM)).isZero();
      Spawned.send("INT", filling.pid());

      assertThat(filling.waitFor()).isEqualTo(130);
    }
    assertThat(redis.commands().keys(filling())).isEmpty();
    assertThat(redis.commands().exists(STREAM)).isZero();
  }

  private static String filling() {
    return STREAM.replace("{", "\\{") + ":filling:*";
  }

  @Test
  void a_cluster_will_do() throws Exception {
    try (TestRedis cluster =
            TestRedis.startOwn(
                "cluster-enabled yes", "cluster-config-file " + folder.resolve("nodes.conf"));
        PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      cluster.commands().clusterAddSlots(IntStream.range(0, SlotHash.SLOT_COUNT).toArray());
      until(() -> cluster.commands().clusterInfo().contains("cluster_state:ok"));
      enqueue(cluster, server.uri().toString(), 20);

      assertThat(work(cluster.uri(), "a", SHORT).waitFor()).as(messages("a")).isEqualTo(0);
      assertAllDoneOnce(20, "a");
      assertThat(cluster.commands().keys("*")).isEmpty();
    }
  }
}
