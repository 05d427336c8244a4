package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.practice.PracticeServer;
import dev.headway.cli.practice.ServerOptions;
import io.lettuce.core.Consumer;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Queues, as one process has them; see {@link WorkersTest} for many. */
@Timeout(60)
final class QueueTest {

  private static final String NAME = "queue-test";
  private static final String STREAM = "headway:queue:{" + NAME + "}";

  private static TestRedis redis;

  @TempDir private Path folder;
  private PracticeServer server;

  @BeforeAll
  static void startRedis() throws IOException {
    redis = TestRedis.start();
  }

  @AfterAll
  static void stopRedis() throws IOException {
    redis.close();
  }

  @BeforeEach
  void begin() throws IOException {
    redis.commands().del(STREAM, STREAM + ":writing");
    server = PracticeServer.start(ServerOptions.ON_ANY_PORT);
  }

  @AfterEach
  void closeServer() {
    server.close();
  }

  private static Cli enqueue(String input, String... more) {
    return Cli.run(input, arguments("enqueue", NAME, more));
  }

  private static Cli work(String... more) {
    return Cli.run("", arguments("fetch", NAME, more));
  }

  private static String[] arguments(String command, String queue, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--shared", redis.uri(), "--queue", queue));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private String urls(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> server.uri() + "/" + i + "\n")
        .collect(Collectors.joining());
  }

  /** What does not depend on when a request was sent. */
  private static List<Map<String, String>> facts(Cli ran) {
    List<Map<String, String>> facts = new ArrayList<>();
    for (JsonNode result : ran.results()) {
      facts.add(
          result
              .propertyStream()
              .filter(field -> !field.getKey().matches("startedAt|waitedMs|tookMs"))
              .collect(Collectors.toMap(Map.Entry::getKey, QueueTest::fact)));
    }
    return facts;
  }

  private static String fact(Map.Entry<String, JsonNode> field) {
    return field.getValue().toString().replaceFirst("number[^,]*,", "");
  }

  @Test
  void requests_come_out_as_they_went_in_and_nothing_remains() {
    String lines =
        urls(0, 2)
            + "\n# nothing\n"
            + "  %s/blanks \n".formatted(server.uri())
            + "{\"id\": 1.50, \"url\": \"%s/n\", \"cost\": 2}\n".formatted(server.uri())
            + "{\"id\": \"ü😀\", \"url\": \"%s/p\", \"body\": {\"a\": [1.0, 1e3]}}\n"
                .formatted(server.uri())
            + "{\"url\": \"%s/m\", \"method\": \"delete\", \"headers\": {\"X\": \"1\"}}\n"
                .formatted(server.uri())
            + "{\"id\": 9, \"url\": 7}\n{\"id\": 1, \"id\": 2}\nftp://x\n{\n";
    // The headers have the date.
    String[] limits = {"--rate=1000/s", "--headers=none"};
    Cli direct = Cli.run(lines, "fetch", limits[0], limits[1], "-");
    Cli put = enqueue(lines, "-");

    assertThat(put.messages()).isEqualTo("headway: 10 requests are in the queue \"queue-test\"\n");
    assertThat(put.status()).isEqualTo(0);
    Cli ran = work(limits);
    assertThat(ran.status()).isEqualTo(direct.status()).isEqualTo(1);
    assertThat(facts(ran)).hasSize(10).containsExactlyInAnyOrderElementsOf(facts(direct));
    assertThat(ran.messages()).contains("10 of 10 done", "6 succeeded, 4 failed");
    assertThat(redis.commands().keys(STREAM.replace("{", "\\{") + "*")).isEmpty();
  }

  @Test
  void tables_and_templates_are_filled_in_before() throws IOException {
    Path table = Files.writeString(folder.resolve("t.csv"), "id,name\nx,a b\ny,\"c\"\"d\"\n");
    String url = server.uri() + "/{name}";
    enqueue("", "--csv", table.toString(), "--url", url, "--body", "{\"n\": \"{name}\"}");
    List<StreamMessage<String, String>> entries =
        redis.commands().xrange(STREAM, io.lettuce.core.Range.unbounded());
    assertThat(entries)
        .extracting(entry -> entry.getBody().get("request"))
        .containsExactly(
            "{\"url\":\"%s/a%%20b\",\"body\":{\"n\":\"a b\"},\"id\":\"x\"}".formatted(server.uri()),
            "{\"url\":\"%s/c%%22d\",\"body\":{\"n\":\"c\\\"d\"},\"id\":\"y\"}"
                .formatted(server.uri()));

    assertThat(work().results())
        .extracting(result -> result.get("id").asString())
        .containsExactlyInAnyOrder("x", "y");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "häuser {1}",
        "}{",
        "{",
        "%7B",
        "*?[x]",
        "\n\0",
        "../..",
        "a:writing",
        "😀"
      })
  void any_text_is_a_name_of_its_own(String name) {
    enqueue(urls(0, 1), "-");
    Cli put = Cli.run(urls(0, 2), arguments("enqueue", name, "-"));
    List<String> keys =
        redis.commands().keys("headway:queue:*").stream()
            .filter(key -> !key.equals(STREAM))
            .toList();
    Cli ran = Cli.run("", arguments("fetch", name));

    assertThat(put.status()).isEqualTo(0);
    assertThat(keys)
        .singleElement()
        .asString()
        .matches("headway:queue:\\{[A-Za-z0-9._%-]+}")
        .satisfies(
            key -> assertThat(SlotHash.getSlot(key)).isEqualTo(SlotHash.getSlot(key + ":writing")));
    assertThat(ran.results()).hasSize(2);
    assertThat(redis.commands().xlen(STREAM)).isEqualTo(1);
    assertThat(redis.commands().exists(keys.getFirst())).isZero();
  }

  @Test
  void a_queue_that_is_not_done_is_replaced_only_if_asked_for() {
    enqueue(urls(0, 3), "-");
    Cli refused = enqueue(urls(0, 5), "-");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.messages())
        .contains("there is one of that name already, with 3 requests", "--replace");
    assertThat(redis.commands().xlen(STREAM)).isEqualTo(3);

    assertThat(enqueue(urls(0, 5), "--replace", "-").status()).isEqualTo(0);
    assertThat(work().results()).hasSize(5);
    assertThat(enqueue(urls(0, 1), "-").status()).isEqualTo(0);
  }

  @Test
  void what_cannot_be_read_leaves_nothing_in_redis() throws IOException {
    Path table = Files.write(folder.resolve("t.csv"), new byte[] {'a', '\n', (byte) 0xFF, '\n'});
    Cli ran = enqueue("", "--csv", table.toString(), "--url", "http://x/{a}");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.messages()).contains("nothing was put into the queue", "it is not UTF-8 text");
    assertThat(redis.commands().keys("headway:queue:*")).isEmpty();
  }

  @Test
  void there_is_nothing_to_do_where_nothing_is() {
    Path output = folder.resolve("out.jsonl");
    Cli ran = work("--output", output.toString());

    assertThat(ran.status()).isEqualTo(0);
    assertThat(ran.messages()).contains("there is nothing in the queue \"queue-test\"");
    assertThat(output).doesNotExist();
  }

  @Test
  void results_that_nobody_makes_again_are_not_replaced() throws IOException {
    Path output = folder.resolve("out.jsonl");
    enqueue(urls(0, 3), "-");
    work("--output", output.toString());
    String before = Files.readString(output);
    enqueue(urls(0, 2), "-");
    Cli refused = work("--output", output.toString());
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.messages()).contains("there are results in", "--resume");
    assertThat(output).hasContent(before.stripTrailing());

    // The same requests as before are not taken for done: they are in the queue.
    assertThat(work("--output", output.toString(), "--resume").status()).isEqualTo(0);
    assertThat(Files.readString(output)).startsWith(before);
    assertThat(Files.readAllLines(output)).hasSize(5);
  }

  /** As if a worker had been killed in the instant in which it wrote. */
  @SuppressWarnings("unchecked") // an array of one, of what is generic
  private void leaveInDoubt(String place) {
    enqueue(urls(0, 3), "-");
    List<StreamMessage<String, String>> taken =
        redis
            .commands()
            .xreadgroup(Consumer.from("headway", "gone"), StreamOffset.lastConsumed(STREAM));
    redis.commands().hset(STREAM + ":writing", taken.get(1).getId(), place);
    redis
        .commands()
        .xclaim(
            STREAM,
            Consumer.from("headway", "gone"),
            io.lettuce.core.XClaimArgs.Builder.justid().minIdleTime(0).idle(3_600_000),
            taken.stream().map(StreamMessage::getId).toArray(String[]::new));
  }

  /** As it is written for one of the first three URLs. */
  private String result(int id) {
    Cli ran = Cli.run(urls(0, 3), "fetch", "--ordered", "--headers", "none", "-");
    return ran.out().lines().toList().get(id - 1) + "\n";
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoever_was_killed_while_it_wrote_has_written_what_is_in_its_file(boolean itself)
      throws IOException {
    Path output = folder.resolve("out.jsonl");
    Files.writeString(output, result(3));
    leaveInDoubt(Files.size(output) + " " + output);
    Files.writeString(output, result(2), StandardOpenOption.APPEND);
    Cli ran = itself ? work("--output", output.toString(), "--resume") : work();

    assertThat(ran.status()).isEqualTo(0);
    assertThat(Cli.results(itself ? Files.readString(output) : ran.out()))
        .extracting(result -> result.get("id").asInt())
        .containsExactlyInAnyOrderElementsOf(itself ? List.of(3, 2, 1, 3) : List.of(1, 3));
    assertThat(ran.messages()).doesNotContain("there may be two");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nowhere", "0 /no/such/file", "x y", "%d %s", "99999 %2$s"})
  void what_nobody_can_tell_is_made_again_and_may_be_there_twice(String place) throws IOException {
    Path output = Files.writeString(folder.resolve("out.jsonl"), result(2));
    leaveInDoubt(place.formatted(Files.size(output), output));
    // Torn, so that it is no result.
    Files.writeString(output, result(2).substring(0, 20), StandardOpenOption.APPEND);
    Cli ran = work();

    assertThat(ran.results())
        .extracting(result -> result.get("id").asInt())
        .containsExactlyInAnyOrder(1, 2, 3);
    assertThat(ran.messages().lines().filter(line -> line.contains("there may be two")))
        .singleElement()
        .asString()
        .startsWith("headway: line 2: ");
    // The one that is gone never leaves.
    assertThat(redis.commands().pttl(STREAM)).isBetween(1L, 15_000L);
    assertThat(redis.commands().exists(STREAM + ":writing")).isZero();
  }

  @Test
  void what_somebody_else_has_put_there_is_a_failed_result() {
    enqueue(urls(0, 1), "-");
    redis.commands().xadd(STREAM, Map.of("a", "b"));
    Cli ran = work();

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.results()).hasSize(2);
    assertThat(ran.out()).contains("the queue holds something else than a request");
  }

  @Test
  void runs_are_drawn_as_others_are() throws IOException {
    Path report = folder.resolve("run.html");
    enqueue(urls(0, 3), "-");
    work("--report", report.toString());

    assertThat(Files.readString(report)).contains("\"state\":\"DONE\"", "\"succeeded\":3,");
  }

  @Test
  void other_hosts_go_on_while_one_has_to_wait() {
    String busy = "http://localhost:" + server.uri().getPort() + "/\n";
    enqueue(busy.repeat(40) + urls(0, 1), "-");
    Cli ran = work("--per-host", "30/500ms");

    assertThat(ran.results()).hasSize(41);
    List<String> urls = ran.results().stream().map(r -> r.get("url").asString()).toList();
    assertThat(urls.indexOf(urls(0, 1).strip())).isLessThan(40);
  }

  @Test
  void a_base_address_is_no_secret_and_is_put_into_the_queue() throws Exception {
    Map<String, String> environment = Map.of("BASE", server.uri().toString(), "REDIS", redis.uri());
    String[] arguments = arguments("enqueue", NAME, "--url", "${BASE}/{}", "-");
    arguments[2] = "${REDIS}";
    Cli put = Spawned.run(environment, "a\n", arguments);

    assertThat(put.status()).as(put.messages()).isEqualTo(0);
    assertThat(work().results())
        .extracting(result -> result.get("url").asString())
        .containsExactly(server.uri() + "/a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fetch --shared redis://h x                     | --shared shares limits: give one with"
            + " --rate",
        "fetch --queue q                                | say where with --shared",
        "fetch --queue q --shared postgresql://h/d      | a queue is in Redis, and not at"
            + " postgresql",
        "fetch --queue q --shared http://h              | --shared must begin with redis://",
        "fetch --queue q --shared valkey://h            | Valkey is spoken to with redis://",
        "fetch --queue q --shared redis://h x           | requests come from the queue",
        "fetch --queue q --shared redis://h --csv x     | requests come from the queue",
        "fetch --queue q --shared redis://h --url x     | requests come from the queue",
        "fetch --queue q --shared redis://h --ordered   | --queue and --ordered contradict",
        "fetch --queue q --shared redis://h --resume --output o --retry-failed | --retry-failed is",
        "fetch --queue q --shared redis://h --resume    | --resume needs --output FILE",
        "fetch --queue q --shared redis://${no-such}    | there is no variable no-such",
        "enqueue --shared redis://h x                   | '--queue=NAME'",
        "enqueue --queue q x                            | say where with --shared",
        "enqueue --queue q --shared redis://h           | there is no input",
        "enqueue --queue q --shared redis://h x --csv y | both FILE and --csv are given",
        "enqueue --queue q --shared redis://h --url ${HOME} -| --url has ${…}",
        "enqueue --queue q --shared redis://h --body x -| --body needs --url",
      })
  void wrong_usage_is_told(String line, String told) {
    Cli ran = Cli.run("http://127.0.0.1:1/\n", line.strip().split(" +"));

    assertThat(ran.status()).as(ran.messages()).isEqualTo(2);
    assertThat(ran.messages()).contains(told);
  }

  @Test
  void a_queue_must_have_a_name() {
    Cli ran = Cli.run("", arguments("fetch", " "));

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains("is no name; write any text");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "redis://:hush-hush@127.0.0.1:1        | 1 | cannot connect to Redis at"
            + " redis://127.0.0.1:1",
        "redis://me:hush-hush@127.0.0.1:99999  | 2 | cannot be read",
        "redis://:hush/hush-hush@h             | 2 | cannot be read",
        "redis://:hush-hush                    | 2 | cannot be read",
        "rediss://h:%%hush-hush@h              | 2 | cannot be read",
        "postgresql://h/d?password=hush-hush   | 2 | not at postgresql://h/d",
      })
  void passwords_are_never_shown(String uri, int status, String told) {
    for (String[] command : new String[][] {{"fetch"}, {"enqueue", "-"}}) {
      List<String> arguments = new ArrayList<>(List.of(command));
      arguments.addAll(1, List.of("--shared", uri, "--queue", "q"));
      Cli ran = Cli.run("http://127.0.0.1:1/\n", arguments.toArray(String[]::new));

      assertThat(ran.messages()).contains(told).doesNotContain("hush", "\tat ");
      assertThat(ran.status()).isEqualTo(status);
    }
  }

  @Test
  void a_password_that_is_wrong_is_told_and_not_shown() {
    String uri = redis.uri().replaceFirst("://(.*@)?", "://nobody:hush-hush@");
    Cli ran = Cli.run("", "fetch", "--shared", uri, "--queue", "q");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.messages())
        .contains("cannot connect")
        // Redis may be seen to hang up before it is heard to say why.
        .containsAnyOf("WRONGPASS", "closed")
        .doesNotContain("hush");
  }
}
