package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code --resume --retry-failed} leaves one result for each request. */
@Timeout(120)
final class RetryFailedTest {

  @TempDir private Path folder;

  /** The paths that are answered with 404. */
  private final Set<String> failing = ConcurrentHashMap.newKeySet();

  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch slow = new CountDownLatch(1);
  private HttpServer server;
  private String root;
  private Path results;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    root = "http://127.0.0.1:" + server.getAddress().getPort();
    results = folder.resolve("results.jsonl");
  }

  @AfterEach
  void stop() {
    slow.countDown();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    int number = requests.incrementAndGet();
    if (path.startsWith("/slow") && !failing.contains(path)) {
      await();
    }
    byte[] body = (path + " of request " + number).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(
        failing.remove(path + "#once") || failing.contains(path) ? 404 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void await() {
    try {
      slow.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String urls(String... paths) {
    return Arrays.stream(paths).map(path -> root + path + "\n").collect(Collectors.joining());
  }

  private Cli fetch(String input, String... more) {
    List<String> arguments = new ArrayList<>(List.of("fetch", "--output", results.toString()));
    arguments.addAll(List.of(more));
    arguments.add("-");
    return Cli.run(input, arguments.toArray(String[]::new));
  }

  private Cli retry(String input, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--resume", "--retry-failed"));
    arguments.addAll(List.of(more));
    return fetch(input, arguments.toArray(String[]::new));
  }

  private List<String> lines() throws IOException {
    return Files.readString(results).lines().toList();
  }

  private static boolean hasFailed(String line) {
    return line.contains("\"error\":");
  }

  private void assertNothingElseIsLeft() throws IOException {
    try (var files = Files.list(results.toRealPath().getParent())) {
      assertThat(files).containsExactly(results.toRealPath());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--quiet", "--ordered"})
  void each_failure_is_replaced_in_its_place_and_all_else_is_untouched(String order)
      throws IOException {
    String[] paths = {"/a", "/b", "/c", "/d", "/e", "/f"};
    failing.addAll(Set.of("/a", "/c", "/f"));
    assertThat(fetch(urls(paths), order).status()).isEqualTo(1);
    List<String> before = lines();
    failing.clear();
    Cli ran = retry(urls(paths), order);

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    assertThat(requests).hasValue(9);
    List<String> after = lines();
    assertThat(after).hasSize(6).noneMatch(RetryFailedTest::hasFailed);
    for (int i = 0; i < before.size(); i++) {
      if (hasFailed(before.get(i))) {
        assertThat(Cli.results(after.get(i)).getFirst().get("id"))
            .isEqualTo(Cli.results(before.get(i)).getFirst().get("id"));
      } else {
        assertThat(after.get(i)).isEqualTo(before.get(i));
      }
    }
    assertNothingElseIsLeft();
  }

  @Test
  void a_log_of_commands_has_one_line_for_each_command_too() throws IOException {
    Path flag = folder.resolve("works");
    String[] exec = {
      "exec",
      "--ordered",
      "--output",
      results.toString(),
      "--shell",
      "--",
      "[ {} != b ] || [ -e " + flag + " ]"
    };
    assertThat(Cli.run("a\nb\nc\n", exec).status()).isEqualTo(1);
    List<String> before = lines();
    Files.createFile(flag);
    List<String> again = new ArrayList<>(List.of(exec));
    again.addAll(1, List.of("--resume", "--retry-failed"));
    Cli ran = Cli.run("a\nb\nc\n", again.toArray(String[]::new));

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    List<String> after = lines();
    assertThat(after).hasSize(3).noneMatch(RetryFailedTest::hasFailed);
    assertThat(after.get(0)).isEqualTo(before.get(0));
    assertThat(after.get(1)).startsWith("{\"id\":2,\"input\":\"b\",\"status\":0,");
    assertThat(after.get(2)).isEqualTo(before.get(2));
  }

  @Test
  void a_retry_that_fails_leaves_one_failure_however_often_it_is_tried() throws IOException {
    failing.add("/b");
    fetch(urls("/a", "/b", "/c"), "--ordered");
    for (int i = 1; i <= 3; i++) {
      assertThat(retry(urls("/a", "/b", "/c")).status()).isEqualTo(1);
      assertThat(lines()).hasSize(3).filteredOn(RetryFailedTest::hasFailed).hasSize(1);
      assertThat(lines().get(1)).contains("of request " + (3 + i));
    }
    failing.clear();
    for (int i = 0; i < 2; i++) {
      assertThat(retry(urls("/a", "/b", "/c")).status()).isEqualTo(0);
      assertThat(lines()).hasSize(3).noneMatch(RetryFailedTest::hasFailed);
    }
    assertThat(requests).hasValue(7);
  }

  @Test
  void a_line_that_cannot_be_read_has_one_result_however_often_it_is_tried() throws IOException {
    fetch("ftp://nowhere/\n" + urls("/b"), "--ordered");
    List<String> before = lines();
    retry("ftp://nowhere/\n" + urls("/b"));

    assertThat(lines()).isEqualTo(before);
  }

  @Test
  void requests_that_look_the_same_have_as_many_results_as_there_are_of_them() throws IOException {
    String same = "{\"id\": \"x\", \"url\": \"" + root + "/x\"}\n";
    failing.add("/x#once");
    fetch(same.repeat(3), "--concurrency=1");
    failing.add("/x");
    assertThat(retry(same.repeat(4)).status()).isEqualTo(1);
    assertThat(lines()).hasSize(4).filteredOn(RetryFailedTest::hasFailed).hasSize(2);
    failing.clear();
    failing.add("/x#once");
    assertThat(retry(same.repeat(4)).status()).isEqualTo(1);
    assertThat(lines()).hasSize(4).filteredOn(RetryFailedTest::hasFailed).hasSize(1);
    assertThat(retry(same.repeat(4)).status()).isEqualTo(0);
    assertThat(lines()).hasSize(4).noneMatch(RetryFailedTest::hasFailed);
    assertThat(requests).hasValue(3 + 2 + 2 + 1);
  }

  @Test
  void what_was_not_there_before_follows_and_what_is_not_asked_for_any_more_stays()
      throws IOException {
    failing.addAll(Set.of("/a", "/gone"));
    fetch(urls("/a", "/gone"), "--ordered");
    String gone = lines().get(1);
    failing.clear();
    retry(urls("/a") + "\n" + urls("/c", "/d"), "--ordered");

    List<String> after = lines();
    assertThat(after).hasSize(4);
    assertThat(after.get(0)).contains("/a\",\"status\":200");
    assertThat(after.get(1)).isEqualTo(gone);
    assertThat(after.get(2)).contains("/c\",\"status\":200");
    assertThat(after.get(3)).contains("/d\",\"status\":200");
  }

  @Test
  void what_a_user_has_made_of_the_other_results_stays_byte_for_byte() throws IOException {
    String before = " { \"id\" : 1,\n\"url\":\"" + root + "/a\" }\r\n\r\n";
    String failure = "{\"id\":2,\"url\":\"" + root + "/b\",\"error\":\"ü\"}";
    String after = "\t\n{\"id\":3,\"url\":\"" + root + "/c\",\"body\":\"\\u00fc\\n\"}\n";
    Files.writeString(results, before + failure + after);
    retry(urls("/a", "/b", "/c"));

    String text = Files.readString(results);
    assertThat(text).startsWith(before + "{\"id\":2,").endsWith(" of request 1\"}" + after);
  }

  @Test
  void the_mode_of_the_file_and_a_link_to_it_stay() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path itself = Files.createFile(elsewhere.resolve("itself.jsonl"));
    Files.createSymbolicLink(results, itself);
    Files.setPosixFilePermissions(itself, PosixFilePermissions.fromString("rw-rw-r--"));
    failing.add("/a");
    fetch(urls("/a", "/b"));
    failing.clear();
    retry(urls("/a", "/b"));

    assertThat(results).isSymbolicLink();
    assertThat(lines()).hasSize(2).noneMatch(RetryFailedTest::hasFailed);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(itself)))
        .isEqualTo("rw-rw-r--");
    assertNothingElseIsLeft();
  }

  @Test
  void where_there_is_no_room_to_put_it_in_order_nothing_is_lost_and_the_next_run_does()
      throws IOException {
    failing.addAll(Set.of("/a", "/c"));
    fetch(urls("/a", "/b", "/c"), "--ordered");
    failing.clear();
    Path inTheWay = Files.createDirectories(folder.resolve("results.jsonl.headway.new/x"));
    Cli ran = retry(urls("/a", "/b", "/c"));

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.messages())
        .contains("the same command with --resume removes those")
        .doesNotContain("\tat ");
    assertThat(lines()).hasSize(5).filteredOn(RetryFailedTest::hasFailed).hasSize(2);
    assertThat(fetch(urls("/a", "/b", "/c"), "--resume").status()).isEqualTo(2);
    assertThat(lines()).hasSize(5);
    Files.delete(inTheWay);
    assertThat(fetch(urls("/a", "/b", "/c"), "--resume").status()).isEqualTo(0);
    assertThat(lines()).hasSize(3).noneMatch(RetryFailedTest::hasFailed);
    assertThat(requests).hasValue(5);
    assertNothingElseIsLeft();
  }

  @Test
  void what_an_interrupted_run_has_retried_is_replaced_and_the_rest_keeps_its_failure()
      throws Exception {
    failing.addAll(Set.of("/a", "/slow", "/c"));
    fetch(urls("/a", "/slow", "/b", "/c"), "--ordered");
    List<String> before = lines();
    failing.clear();
    Process run =
        Spawned.start(
            folder.resolve("messages"),
            "fetch",
            "--output",
            results.toString(),
            "--resume",
            "--retry-failed",
            "-");
    try (var input = run.getOutputStream()) {
      input.write(urls("/a", "/slow", "/b", "/c").getBytes(StandardCharsets.UTF_8));
      input.flush();
      while (lines().size() < 6) {
        assertThat(run.waitFor(10, TimeUnit.MILLISECONDS)).isFalse();
      }
      Spawned.send("TERM", run.pid());
      assertThat(run.waitFor()).isEqualTo(143);
    } finally {
      run.destroyForcibly();
    }

    List<String> after = lines();
    assertThat(after).hasSize(4);
    assertThat(after.get(0)).contains("\"status\":200");
    assertThat(after.get(1)).isEqualTo(before.get(1));
    assertThat(after.get(2)).isEqualTo(before.get(2));
    assertThat(after.get(3)).contains("\"status\":200");
    slow.countDown();
    assertThat(retry(urls("/a", "/slow", "/b", "/c")).status()).isEqualTo(0);
    assertThat(lines()).hasSize(4).noneMatch(RetryFailedTest::hasFailed);
  }

  /** Each run is killed at a random instant, many of them while the file is put in order. */
  @Test
  void nothing_is_lost_or_there_twice_however_often_it_is_killed() throws Exception {
    String[] paths = IntStream.range(0, 400).mapToObj(i -> "/" + i).toArray(String[]::new);
    for (int i = 0; i < paths.length; i += 2) {
      failing.add(paths[i]);
    }
    fetch(urls(paths), "--ordered");
    Path input = Files.writeString(folder.resolve("urls"), urls(paths));
    Random random = new Random(7);
    for (int kills = 0; kills < 8; kills++) {
      for (int i = 50 * kills; i < 50 * (kills + 1); i++) {
        failing.remove(paths[i]);
      }
      Map<Integer, String> succeeded = successes();
      Process run = start(input, "--retry-failed");
      run.waitFor(300 + random.nextInt(900), TimeUnit.MILLISECONDS);
      run.destroyForcibly().waitFor();
      assertThat(successes()).containsAllEntriesOf(succeeded);
      assertThat(wholeLines().map(line -> line.get("id").asInt()).distinct()).hasSize(400);
    }
    Process resumed = start(input);
    assertThat(resumed.waitFor()).isBetween(0, 1);
    assertThat(wholeLines().map(line -> line.get("id").asInt()))
        .isEqualTo(IntStream.rangeClosed(1, 400).boxed().toList());
    assertThat(start(input, "--retry-failed").waitFor()).isEqualTo(0);
    assertThat(successes()).hasSize(400);
    assertThat(lines()).hasSize(400);
  }

  private Process start(Path input, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("fetch", "--output", results.toString(), "--resume"));
    arguments.addAll(List.of(more));
    arguments.add(input.toString());
    return Spawned.start(folder.resolve("messages"), arguments.toArray(String[]::new));
  }

  private Stream<JsonNode> wholeLines() throws IOException {
    String text = Files.readString(results);
    return Cli.results(text.substring(0, text.lastIndexOf('\n') + 1)).stream();
  }

  private Map<Integer, String> successes() throws IOException {
    Map<Integer, String> bodies = new TreeMap<>();
    wholeLines()
        .filter(line -> line.has("body") && !line.has("error"))
        .forEach(line -> bodies.put(line.get("id").asInt(), line.get("body").asString()));
    return bodies;
  }
}
