package dev.headway.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/** Each example runs and prints what it says. */
class ExamplesTest {

  private interface Example {
    void run(String[] args) throws Exception;
  }

  /** Kept, since a logger that is not referred to may lose its level. */
  private static final Logger POSTGRES_LOGGER = Logger.getLogger("io.zonky");

  private static List<String> printedBy(Example example, String... args) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      example.run(args);
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void fromAiometer() throws Exception {
    assertThat(printedBy(FromAiometer::main))
        .hasSize(19)
        .contains("[Hello, Robert, Hello, Carmen, Hello, Lucas]", "4 items of endlessly many")
        .contains("Robert fetched", "Carmen fetched", "Lucas fetched")
        .endsWith("3", "task 1 failed: java.io.IOException: nothing there", "5");
  }

  @Test
  void throttleEvents() throws Exception {
    assertThat(printedBy(ThrottleEvents::main))
        .containsExactly("open: [2 permits]", "waits: 1, keys: [a.example, b.example, none]");
  }

  @Test
  void fromAioTasks() throws Exception {
    assertThat(printedBy(FromAioTasks::main))
        .hasSize(25)
        .contains("0 starting", "9 starting")
        .endsWith(
            "fine",
            "stopped: task 1 failed: java.lang.IllegalStateException: sad",
            "fine",
            "went on after: task 1 failed: java.lang.IllegalStateException: sad",
            "input failed: the input failed: java.lang.IllegalStateException: no more tasks");
  }

  @Test
  void fromAsyncioThrottler() throws Exception {
    List<String> printed = printedBy(FromAsyncioThrottler::main);
    assertThat(printed).hasSize(24).endsWith("Exceptions: 1");
    assertThat(printed.subList(0, 21)).doesNotHaveDuplicates().contains("Item received: 20");
  }

  @Test
  void fromAiothrottles() throws Exception {
    assertThat(printedBy(FromAiothrottles::main))
        .contains("foo 0", "foo 8")
        .last()
        .isEqualTo("now throttle[3/50ms from end]");
  }

  @Test
  void fromAsyncFlowControl() throws Exception {
    assertThat(printedBy(FromAsyncFlowControl::main))
        .contains("rate 4", "queue 0", "too long a queue or wait", "at most twenty at once")
        .contains("waited and worked for too long", "spaced 2", "service 1", "function 2", "timed")
        .doesNotContain("queue 1");
  }

  @Test
  void beyondAllFive() throws Exception {
    assertThat(printedBy(BeyondAllFive::main))
        .contains("about the weather", "about a poem of thirty lines")
        .endsWith(
            "one after 0 s",
            "two after 0 s",
            "one after 0 s",
            "a person waits for this",
            "true, false");
  }

  @Test
  void quickStart() throws Exception {
    assertThat(printedBy(QuickStart::main)).hasSize(20).contains("saved /0", "saved /19");
  }

  @Test
  void limitSamples() throws Exception {
    List<String> logged = new CopyOnWriteArrayList<>();
    Logger logger = Logger.getLogger("samples");
    logger.setUseParentHandlers(false);
    logger.setFilter(record -> {
      logged.add(record.getMessage());
      return false;
    });
    assertThat(printedBy(LimitSamples::main))
        .containsExactly(
            "granted 1",
            "up to five: 5",
            "later text of one/1",
            "open 0",
            "stored /1",
            "called text of one/1",
            "open 0",
            "text of one/1",
            "text of one/1",
            "readme of headway of v3",
            "decorated calls 3",
            "now github[10 at once, 50/m, 10/s from end], locked true",
            "for a person",
            "for the night",
            "counted 1",
            "longest wait PT0S, refused 1",
            "throttle \"github\" has been closed");
    assertThat(logged).containsExactly("GitHub lets us wait for 0 s");
  }

  @Test
  void waitingSamples() throws Exception {
    assertThat(printedBy(WaitingSamples::main))
        .anyMatch(line ->
            line.matches(
                "the wait for \"throttle\" would be at least 59 min .*, longer than its maxWait of"
                    + " 30 s"))
        .contains(
            "text of one/1",
            "not within 20 ms",
            "started, but not finished in time",
            "queue full: true",
            "waiting: 0")
        .hasSize(6);
  }

  @Test
  void runSamples() throws Exception {
    assertThat(printedBy(RunSamples::main))
        .contains("saved /0", "saved /1", "saved /2", "3 finished", "any of them: true")
        .containsSubsequence(
            "saved /0", "/1: task 1 failed: java.lang.IllegalStateException: gone", "saved /2")
        .contains("number 1", "number 2", "number 3")
        .endsWith(
            "three of them: 3",
            "few started: true",
            "Response[status=203]",
            "the rest of /0",
            "text of two/1",
            "job nightly");
  }

  @Test
  void keySamples() throws Exception {
    assertThat(printedBy(KeySamples::main))
        .startsWith("of all 1, of 1 key", "ann", "too many keys")
        .contains("text of one/0", "text of two/1", "text of one/2", "text of two/3")
        .contains("all but 110 tokens are left: true")
        .contains("about the weather", "about a poem of thirty lines")
        .hasSize(10);
  }

  @Test
  void configurationSamples() throws Exception {
    List<String> printed = printedBy(ConfigurationSamples::main);
    assertThat(printed)
        .startsWith(
            "github",
            "name=github",
            "rate=100/m, 1000/h from-end",
            "rate.burst=5/s on-arrival 50ms",
            "spacing=10/s aligned",
            "token-bucket=5/s burst 20",
            "concurrency=10",
            "budget.tokens=200000/m",
            "max-waiting=1000",
            "max-wait=30s",
            "true")
        .hasSize(12);
    assertThat(printed.getLast())
        .startsWith("unknown key \"rates.burst\": did you mean \"rate.burst\"?");
  }

  @Test
  void httpSamples() throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    AtomicInteger requests = new AtomicInteger();
    server.createContext(
        "/",
        exchange -> {
          boolean first = requests.incrementAndGet() == 1;
          byte[] body = (first ? "later" : "hello").getBytes(StandardCharsets.UTF_8);
          if (first) {
            exchange.getResponseHeaders().set("Retry-After", "0");
          }
          exchange.sendResponseHeaders(first ? 429 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://localhost:" + server.getAddress().getPort() + "/";
      assertThat(printedBy(HttpSamples::main, url)).containsExactly("200 hello", "200");
      assertThat(requests).hasValue(3);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void sharedSamples() throws Exception {
    POSTGRES_LOGGER.setLevel(Level.WARNING);
    int port = freePort();
    RedisServer redis =
        RedisServer.newRedisServer()
            .port(port)
            .setting("bind 127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no")
            .build();
    redis.start();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setPort(freePort()).start()) {
      assertThat(
              printedBy(
                  SharedSamples::main,
                  "redis://localhost:" + port,
                  postgres.getJdbcUrl("postgres", "postgres")))
          .containsExactly("text of one/1", "text of one/1");
    } finally {
      redis.stop();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
