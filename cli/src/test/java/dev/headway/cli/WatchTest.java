package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.practice.PracticeServer;
import dev.headway.cli.practice.ServerOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is shown of a run is what became of it. */
@Timeout(60)
@Isolated("looks at all threads of the JVM")
final class WatchTest {

  private static final Pattern PICTURE =
      Pattern.compile("<script type=\"application/json\" id=\"picture\">(.*?)</script>");

  @TempDir private Path folder;

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static JsonNode picture(Path report) throws IOException {
    Matcher matcher = PICTURE.matcher(Files.readString(report));
    assertThat(matcher.find()).isTrue();
    return JsonMapper.shared().readTree(matcher.group(1));
  }

  private static long sum(JsonNode numbers) {
    return StreamSupport.stream(numbers.spliterator(), false).mapToLong(JsonNode::asLong).sum();
  }

  private static String urls(PracticeServer server, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> server.uri() + "/" + i + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void a_report_says_what_the_results_and_the_server_say() throws Exception {
    ServerOptions options =
        ServerOptions.ON_ANY_PORT.withQuota(40, Duration.ofSeconds(1)).withDropEvery(9);
    try (PracticeServer server = PracticeServer.start(options)) {
      Path input =
          Files.writeString(
              folder.resolve("in"), urls(server, 80) + "no url\n" + "http://127.0.0.1:9/\n");
      Cli ran =
          Cli.run(
              "",
              "fetch",
              "--quiet",
              "--rate",
              "40/s",
              "--retries",
              "1",
              "--per-host",
              "39/s",
              "--budget",
              "tokens=5000/m",
              "--report",
              path("run.html"),
              input.toString());

      long failed = ran.results().stream().filter(line -> line.has("error")).count();
      long attempts = ran.results().stream().mapToLong(line -> line.get("attempts").asLong()).sum();
      JsonNode picture = picture(folder.resolve("run.html"));
      assertThat(picture.at("/state").asString()).isEqualTo("DONE");
      assertThat(picture.at("/command").asString()).isEqualTo("headway fetch");
      assertThat(picture.at("/limits").asString()).contains("40/s", "tokens 5000/m");
      assertThat(picture.at("/total").asLong()).isEqualTo(82);
      assertThat(picture.at("/counts/succeeded").asLong()).isEqualTo(82 - failed);
      assertThat(picture.at("/counts/failed").asLong()).isEqualTo(failed);
      assertThat(picture.at("/counts/started").asLong()).isEqualTo(attempts);
      assertThat(picture.at("/counts/underWay").asLong()).isZero();
      assertThat(attempts).isEqualTo(server.stats().requests() + 2);
      assertThat(sum(picture.at("/timeline/starts"))).isEqualTo(attempts);
      assertThat(sum(picture.at("/timeline/succeeded"))).isEqualTo(82 - failed);
      assertThat(sum(picture.at("/timeline/failed"))).isEqualTo(failed);
      assertThat(picture.at("/waiting/count").asLong()).isEqualTo(attempts);
      assertThat(picture.at("/working/count").asLong()).isEqualTo(attempts);
      assertThat(picture.at("/windows"))
          .extracting(window -> window.at("/label").asString())
          .containsExactly(
              "40/s, counted on arrival within 1s",
              "tokens 5000/m, counted on arrival within 1s",
              "39/s a host, counted on arrival within 1s");
      assertThat(picture.at("/windows/0/fullest").asLong()).isBetween(1L, 40L);
      assertThat(picture.at("/windows/2/fullest").asLong()).isBetween(1L, 39L);
      assertThat(picture.at("/failures"))
          .extracting(failure -> failure.at("/kind").asString())
          .contains("no connection to the server", "a line that cannot be used");
      assertThat(ran.messages()).isEmpty();
    }
  }

  @Test
  void a_report_of_commands_tells_how_they_ended() throws Exception {
    Path report = folder.resolve("run.html");
    Cli ran =
        Cli.run(
            "0\n3\n0\n3\n7\n",
            "exec",
            "--quiet",
            "--retries",
            "1",
            "--report",
            report.toString(),
            "--shell",
            "--",
            "exit {}");

    assertThat(ran.status()).isEqualTo(1);
    JsonNode picture = picture(report);
    assertThat(picture.at("/command").asString()).isEqualTo("headway exec");
    assertThat(picture.at("/counts/succeeded").asLong()).isEqualTo(2);
    assertThat(picture.at("/counts/started").asLong()).isEqualTo(8);
    assertThat(picture.at("/counts/again").asLong()).isEqualTo(3);
    assertThat(picture.at("/failures/0/kind").asString()).isEqualTo("exit status 3");
    assertThat(picture.at("/failures/0/count").asLong()).isEqualTo(2);
    assertThat(picture.at("/failures/1/example").asString()).isEqualTo("7: exit status 7");
    assertThat(picture.at("/windows")).isEmpty();
  }

  @Test
  void secrets_are_not_in_a_report() throws Exception {
    String secret = System.getenv("PATH");
    Path report = folder.resolve("run.html");
    Cli.run(
        "x\n",
        "fetch",
        "--quiet",
        "--retries",
        "0",
        "--url",
        "http://127.0.0.1:9/{}?key=${PATH}",
        "--report",
        report.toString(),
        "-");

    assertThat(Files.readString(report)).doesNotContain(secret).contains("key=${PATH}");
  }

  @Test
  void a_run_that_cannot_go_on_is_reported_as_far_as_it_came() throws Exception {
    try (PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      OutputStream full =
          new OutputStream() {
            @Override
            public void write(int b) throws IOException {
              throw new IOException("No space left on device");
            }
          };
      InputStream input =
          new ByteArrayInputStream(urls(server, 50).getBytes(StandardCharsets.UTF_8));
      Cli ran = Cli.run(input, full, "fetch", "--quiet", "--report", path("run.html"), "-");

      assertThat(ran.messages()).contains("No space left on device");
      JsonNode picture = picture(folder.resolve("run.html"));
      assertThat(picture.at("/state").asString()).isEqualTo("STOPPED");
    }
  }

  static boolean hasFullDevice() {
    return Files.exists(Path.of("/dev/full"));
  }

  @Test
  @EnabledIf("hasFullDevice")
  void where_there_is_no_room_for_the_report_the_results_are_there_all_the_same() throws Exception {
    try (PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      Cli ran = Cli.run(urls(server, 3), "fetch", "--report", "/dev/full", "-");

      assertThat(ran.status()).isEqualTo(0);
      assertThat(ran.results()).hasSize(3);
      assertThat(ran.messages())
          .contains("cannot be written to \"/dev/full\": No space left on device")
          .contains("the results are not affected");
    }
  }

  @Test
  void a_report_replaces_a_former_one_whole_and_leaves_nothing_beside_it() throws Exception {
    Path real = Files.writeString(folder.resolve("real.html"), "former");
    Path link = Files.createSymbolicLink(folder.resolve("run.html"), real);
    Cli ran = Cli.run("a\n", "exec", "--quiet", "--report", link.toString(), "true");

    assertThat(ran.status()).isEqualTo(0);
    assertThat(picture(real).at("/counts/succeeded").asLong()).isEqualTo(1);
    assertThat(link).isSymbolicLink();
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("real.html", "run.html");
    }
  }

  @Test
  void a_report_that_could_not_be_written_is_refused_before_anything_is_done() throws Exception {
    String urls = Files.writeString(folder.resolve("urls"), "http://127.0.0.1:9/").toString();
    String results = path("results");
    refused("its folder does not exist", "fetch", "--report", path("no/run.html"), urls);
    refused("it is a directory", "fetch", "--report", folder.toString(), urls);
    refused("would replace", "fetch", "--report", urls, urls);
    refused("would replace", "fetch", "--report", results, "--output", results, urls);
    refused("would replace", "exec", "--report", urls, "-a", urls, "true");
    refused("port from 1 to 65535", "fetch", "--live=70000", urls);
    refused("not an int", "fetch", "--live=x", urls);
    assertThat(Path.of(results)).doesNotExist();
    assertThat(Path.of(urls)).hasContent("http://127.0.0.1:9/");
  }

  private static void refused(String why, String... arguments) {
    Cli ran = Cli.run("", arguments);
    assertThat(ran.status()).as(List.of(arguments).toString()).isEqualTo(2);
    assertThat(ran.messages()).startsWith("headway: ").contains(why);
  }

  @Test
  void a_port_that_is_taken_is_told_with_what_to_do() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      refused(
          "--live cannot have port " + taken.getLocalPort(),
          "exec",
          "--live=" + taken.getLocalPort(),
          "true");
    }
  }

  @Test
  void live_alone_takes_no_file_for_a_port_and_is_told_even_if_quiet() throws Exception {
    String urls = Files.writeString(folder.resolve("urls"), "http://127.0.0.1:9/").toString();
    Cli ran = Cli.run("", "fetch", "--quiet", "--retries", "0", "--live", urls);

    assertThat(ran.results()).hasSize(1);
    assertThat(ran.messages().strip())
        .matches("headway: live at http://127\\.0\\.0\\.1:\\d+/[\\w-]{24}/");
  }

  @Test
  void nothing_of_a_live_page_outlives_its_run() throws Exception {
    try (PipedInputStream input = new PipedInputStream();
        OutputStream lines = new PipedOutputStream(input)) {
      FutureTask<Cli> run =
          new FutureTask<>(() ->
              Cli.run(input, OutputStream.nullOutputStream(), "exec", "--quiet", "--live", "true"));
      Thread.ofVirtual().start(run);
      lines.write("a\n".getBytes(StandardCharsets.UTF_8));
      lines.close();

      assertThat(run.get().status()).isEqualTo(0);
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(thread -> thread.getName().startsWith("HTTP-Dispatcher"));
    }
  }
}
