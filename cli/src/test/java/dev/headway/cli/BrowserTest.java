package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.practice.PracticeServer;
import dev.headway.cli.practice.ServerOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The pages in a browser, as somebody sees and uses them. */
@Timeout(180)
final class BrowserTest {

  private static final int WIDE = 1_100;
  private static final int NARROW = 400;
  private static final Pattern ADDRESS = Pattern.compile("headway: live at (\\S+)");
  private static final String WINDOWS = "Chart.getChart('window-0').data.datasets[0].data";

  private static Browser browser;

  @TempDir private Path folder;
  private Process headway;

  @BeforeAll
  static void startBrowser() {
    browser = Browser.start();
  }

  @AfterAll
  static void endBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  private static PracticeServer server() throws Exception {
    return PracticeServer.start(
        ServerOptions.ON_ANY_PORT
            .withQuota(60, Duration.ofSeconds(1))
            .withLatency(Duration.ofMillis(80))
            .withBusyEvery(190)
            .withDropEvery(37));
  }

  /** Good ones, and some that do not go well in more than one way. */
  private Path requests(PracticeServer server, int count) throws Exception {
    List<String> lines =
        IntStream.range(0, count)
            .mapToObj(i -> i % 40 == 7 ? "http://127.0.0.1:9/" + i : server.uri() + "/people/" + i)
            .collect(Collectors.toCollection(ArrayList::new));
    lines.add(3, "</script><img src=x onerror=hacked=1>");
    // Long after the other, which is then the example of its kind.
    lines.add(count - 1, "{\"id\": 1}");
    return Files.write(folder.resolve("requests.txt"), lines);
  }

  private static long elapsed() {
    return browser.number("return 1000 * " + WINDOWS + ".at(-1).x");
  }

  /** Until the page has shown so much more of the run. */
  private static void watchFor(long millis) throws InterruptedException {
    long since = elapsed();
    while (elapsed() < since + millis) {
      Thread.sleep(50);
    }
  }

  /** The command in a process of its own, which can be interrupted and killed. */
  private void start(String... arguments) throws IOException {
    headway =
        new ProcessBuilder(Spawned.command(List.of(), arguments))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(folder.resolve("messages").toFile())
            .start();
  }

  @AfterEach
  void end() {
    if (headway != null) {
      headway.destroyForcibly();
    }
    browser.leave();
  }

  private String address() throws Exception {
    Matcher said;
    do {
      Thread.sleep(20);
      said = ADDRESS.matcher(Files.readString(folder.resolve("messages")));
    } while (!said.find());
    return said.group(1);
  }

  private static void awaitState(String state) throws InterruptedException {
    browser.await("document.getElementById('state').textContent === '" + state + "'");
  }

  @Test
  void the_live_page_moves_pauses_resumes_and_slows_down() throws Exception {
    try (PracticeServer server = server()) {
      start(
          "fetch",
          "--quiet",
          "--rate",
          "60/s",
          "--rate",
          "5000/m",
          "--retries",
          "1",
          "--live",
          requests(server, 2_400).toString());
      browser.look(WIDE, false);
      String address = address();
      browser.open(address);

      awaitState("running");
      long points = browser.number("return " + WINDOWS + ".length");
      browser.await(WINDOWS + ".length > " + (points + 8));
      watchFor(4_000);

      browser.at("pause").click();
      awaitState("paused");
      browser.await(
          "[...document.querySelectorAll('#tiles > div')].some(tile =>"
              + " tile.textContent === 'in flight0')");
      long before = server.stats().requests();
      watchFor(1_500);
      assertThat(server.stats().requests()).isEqualTo(before);

      browser.await(
          "Chart.getChart('timeline').data.datasets.some(one => one.label === 'paused by hand')");

      browser.at("resume").sendKeys(Keys.ENTER);
      awaitState("running");
      while (server.stats().requests() == before) {
        Thread.sleep(20);
      }
      watchFor(3_000);
      browser.screenshot("live.png", true);

      browser.at("rate").sendKeys(Keys.HOME);
      browser.await("document.getElementById('rate-now').textContent === '6/s (10 % of 60/s)'");
      watchFor(1_500);
      long slow = server.stats().requests();
      long since = System.nanoTime();
      watchFor(3_000);
      double perSecond = (server.stats().requests() - slow) * 1e9 / (System.nanoTime() - since);
      assertThat(perSecond).isBetween(0.1, 20.0);

      browser.look(WIDE, true);
      browser.screenshot("live-dark.png", false);
      browser.look(NARROW, false);
      browser.screenshot("live-narrow.png", false);
      assertThat(browser.number("return document.documentElement.scrollWidth"))
          .isLessThanOrEqualTo(NARROW);

      headway.destroy();
      awaitState("interrupted");
      assertThat(browser.at("controls").isDisplayed()).isFalse();
      assertThat(browser.run("return window.hacked")).isNull();
      assertThat(browser.complaints()).isEmpty();
      assertThat(browser.requests())
          .hasSizeGreaterThan(4)
          .allMatch(url -> url.startsWith(address) || url.equals("data:,"));
      assertThat(headway.waitFor()).isEqualTo(143);
    }
  }

  @Test
  void a_run_that_is_done_says_so_and_leaves_its_last_picture() throws Exception {
    start("exec", "--quiet", "--rate", "50/s", "--live", "true");
    try (OutputStream lines = headway.getOutputStream()) {
      lines.write("a\nb\nc\n".getBytes(StandardCharsets.UTF_8));
      lines.flush();
      browser.open(address());
      browser.await("document.getElementById('done').textContent === '3 done'");
    }
    awaitState("done");
    assertThat(headway.waitFor()).isZero();
    assertThat(browser.text("done")).isEqualTo("3 done");
    assertThat(browser.at("controls").isDisplayed()).isFalse();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void a_run_that_is_gone_leaves_its_last_picture() throws Exception {
    try (PracticeServer server = server()) {
      start("fetch", "--rate", "20/s", "--live", requests(server, 1_000).toString());
      browser.open(address());
      watchFor(1_000);
      headway.destroyForcibly().waitFor();

      awaitState("no longer reached");
      assertThat(browser.at("controls").isDisplayed()).isFalse();
      assertThat(elapsed()).isPositive();
    }
  }

  @Test
  void a_report_opens_from_its_file_and_needs_nothing_else() throws Exception {
    try (PracticeServer server = server()) {
      Path report = folder.resolve("run.html");
      Cli.run(
          "",
          "fetch",
          "--quiet",
          "--rate",
          "60/s",
          "--per-host",
          "50/s",
          "--retries",
          "0",
          "--report",
          report.toString(),
          requests(server, 700).toString());
      Files.delete(folder.resolve("requests.txt"));

      browser.look(WIDE, true);
      browser.open(report.toUri().toString());
      assertThat(browser.text("state")).isEqualTo("done");
      assertThat(browser.text("done")).isEqualTo("702 of 702 done (100 %)");
      assertThat(browser.number("return Object.keys(Chart.instances).length")).isEqualTo(6);
      assertThat(browser.number("return document.scripts.length")).isEqualTo(3);
      assertThat(browser.run("return window.hacked")).isNull();
      assertThat(browser.text("failures-table"))
          .contains("no connection to the server", "onerror=hacked");
      assertThat(browser.at("controls").isDisplayed()).isFalse();
      assertThat(
              browser.number(
                  "return [...document.querySelectorAll('canvas')]"
                      + ".filter(canvas => !canvas.getAttribute('aria-label')).length"))
          .isZero();
      browser.screenshot("report.png", true);

      browser.look(WIDE, false);
      browser.screenshot("report-light.png", false);
      browser.look(NARROW, false);
      browser.screenshot("report-narrow.png", false);
      assertThat(browser.number("return document.documentElement.scrollWidth"))
          .isLessThanOrEqualTo(NARROW);
      assertThat(browser.complaints()).isEmpty();
      assertThat(browser.requests())
          .isNotEmpty()
          .allMatch(url -> url.startsWith(report.toUri().toString()) || url.equals("data:,"));
    }
  }
}
