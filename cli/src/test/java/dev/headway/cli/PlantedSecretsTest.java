package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets in all places at once, in a run that is refused, redirected, killed and resumed: nothing
 * that Headway writes has one of them. (Those of addresses of stores are in the tests of queues and
 * of shared limits.)
 */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
final class PlantedSecretsTest {

  private static final Map<String, String> SECRETS =
      Map.of(
          "IN_HEADER", "s3cr3t-in-header",
          "IN_KEY", "s3cr3t-in-key",
          "IN_QUERY", "s3cr3t in query/ä",
          "IN_PATH", "s3cr3t-in-path",
          "IN_BODY", "s3cr3t \"in\" body",
          "IN_FORM", "s3cr3t-in-form",
          "IN_PROXY", "s3cr3t@in:proxy");

  private static final String TOKEN = "s3cr3t-of-command";
  private static final String OF_FILE = "s3cr3t-of-file";

  /** The files that the secrets are in. */
  private static final Set<Path> SOURCES = Set.of(Path.of("headers"), Path.of("token"));

  private static final Pattern LIVE = Pattern.compile("live at (http://\\S+)");

  @TempDir private Path folder;

  private final CountDownLatch released = new CountDownLatch(1);

  /** A proxy that says back what it is asked, in a redirect. */
  private Scripted.Answer answer(Scripted.Came request) throws InterruptedException {
    String line = request.path().replaceFirst(".*/of/([a-z]*).*", "$1");
    switch (line) {
      case "moved" -> {
        String mine = String.join("", request.headers().getOrDefault("X-mine", List.of()));
        return new Scripted.Answer(302, "", "Location", request.path() + "&x=" + mine);
      }
      case "missing" -> {
        return new Scripted.Answer(404, "no such thing");
      }
      case "hangs" -> released.await();
      default -> {
        // It succeeds.
      }
    }
    return new Scripted.Answer(200, "fine");
  }

  private String[] arguments(String proxy, String... more) throws IOException {
    Path token = Files.writeString(folder.resolve("token"), TOKEN + "\n");
    Path headers = Files.writeString(folder.resolve("headers"), "X-Mine: " + OF_FILE + "\n");
    List<String> all =
        new ArrayList<>(
            List.of(
                "fetch",
                "--proxy=" + proxy.replace("http://", "http://me:${IN_PROXY}@"),
                "--url=http://api.example/${IN_PATH}/of/{}?k=${IN_QUERY}",
                "--header=X-Key: ${IN_HEADER}",
                "--header-file=" + headers,
                "--rotate-header=X-Turn: ${IN_KEY}",
                "--token-command=cat '" + token + "'",
                "--per-host=1000/h",
                "--output=" + folder.resolve("results.jsonl"),
                "--report=" + folder.resolve("report.html")));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void a_planted_secret_is_in_nothing_that_headway_writes() throws Exception {
    Path messages = folder.resolve("messages");
    try (Scripted proxy = new Scripted((request, count) -> answer(request))) {
      Process run =
          Spawned.start(
              SECRETS,
              messages,
              arguments(
                  proxy.uri(), "--live", "--body={\"a\": \"{}\", \"k\": \"${IN_BODY}\"}", "-"));
      try (var lines = run.getOutputStream()) {
        lines.write("moved\nmissing\nfine\nhangs\n".getBytes(StandardCharsets.UTF_8));
        lines.flush();
        while (proxy.requests().size() < 4 || results().isEmpty()) {
          assertThat(run.waitFor(10, TimeUnit.MILLISECONDS)).as(read(messages)).isFalse();
        }
        assertClean("the command line", read(Path.of("/proc/" + run.pid() + "/cmdline")));
        assertClean("the journal", read(folder.resolve("results.jsonl.headway")));
        assertClean("the live page", livePage(read(messages)));
      } finally {
        run.destroyForcibly().waitFor();
      }
      released.countDown();
      Cli resumed =
          Spawned.run(
              SECRETS,
              "moved\nmissing\nfine\nhangs\nmore\n",
              arguments(
                  proxy.uri(), "--resume", "--body={\"a\": \"{}\", \"k\": \"${IN_BODY}\"}", "-"));
      assertClean("the results", results());
      assertClean("the report", read(folder.resolve("report.html")));
      Cli form =
          Spawned.run(SECRETS, "form\n", arguments(proxy.uri(), "-Fk=${IN_FORM}", "-Fa={}", "-"));
      Cli dry =
          Spawned.run(SECRETS, "dry\n", arguments(proxy.uri(), "--dry-run", "-dk=${IN_BODY}", "-"));

      assertThat(resumed.status()).as(resumed.messages()).isEqualTo(1);
      assertThat(dry.out()).contains("${IN_PATH}", "${IN_HEADER}", "${IN_BODY}");
      for (Cli ran : List.of(resumed, form, dry)) {
        assertClean("what is printed", ran.out() + ran.messages());
      }
      assertThat(sent(proxy, "form")).contains("s3cr3t-in-form");
      assertThat(sent(proxy, "moved"))
          .contains("s3cr3t \\\"in\\\" body", "/s3cr3t-in-path/", "k=s3cr3t%20in%20query/%C3%A4")
          .contains("s3cr3t-in-header", "s3cr3t-in-key", OF_FILE, "Bearer " + TOKEN)
          .contains(basic());
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(file -> !SOURCES.contains(file.getFileName())).toList()) {
        assertClean(String.valueOf(file.getFileName()), read(file));
      }
    }
  }

  private String results() throws IOException {
    Path results = folder.resolve("results.jsonl");
    return Files.exists(results) ? read(results) : "";
  }

  /** All that was sent for a line. */
  private static String sent(Scripted proxy, String line) {
    Scripted.Came request =
        proxy.requests().stream()
            .filter(each -> each.path().contains("/of/" + line))
            .findFirst()
            .orElseThrow();
    return request.path() + request.headers().values() + request.body();
  }

  private static String basic() {
    String credentials = "me:" + SECRETS.get("IN_PROXY");
    return Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  /** The page and its first event. */
  private static String livePage(String messages) throws IOException {
    Matcher address = LIVE.matcher(messages);
    assertThat(address.find()).as(messages).isTrue();
    URI page = URI.create(address.group(1));
    String text;
    try (InputStream in = page.toURL().openStream()) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    try (BufferedReader events =
        new BufferedReader(
            new InputStreamReader(
                page.resolve("events").toURL().openStream(), StandardCharsets.UTF_8))) {
      String event = "";
      while (!event.startsWith("data:")) {
        event = events.readLine();
        assertThat(event).isNotNull();
      }
      assertThat(event).contains("missing");
      return text + event;
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private static void assertClean(String where, String text) {
    assertThat(text).as(where).isNotEmpty().doesNotContain(basic(), TOKEN, OF_FILE);
    SECRETS.forEach((name, secret) -> {
      String encoded = URLEncoder.encode(secret, StandardCharsets.UTF_8);
      String json = secret.replace("\"", "\\\"");
      assertThat(text)
          .as(where + ": " + name)
          .doesNotContain(secret, json, encoded, encoded.replace("+", "%20"));
    });
    assertThat(text).as(where).doesNotContainIgnoringCase("s3cr3t");
  }
}
