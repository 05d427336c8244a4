package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Chromium without a window that can reach nothing but this machine. */
final class Browser implements AutoCloseable {

  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  /** Where screenshots are kept for the documents, if they are asked for: -Dscreenshots. */
  private static final Path DOCUMENTS = Path.of("..", "docs");

  private static final int SOME_COLOURS = 30;

  /** Which complains that it does not know the very version of the browser, as is not needed. */
  private static final Logger VERSIONS =
      Logger.getLogger("org.openqa.selenium.devtools.CdpVersionFinder");

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Starts one; where there is none the test is skipped, and says so. */
  static Browser start() {
    Optional<File> chromium = program("chromium", "chromium-browser", "google-chrome");
    Optional<File> chromedriver = program("chromedriver");
    if (chromium.isEmpty() || chromedriver.isEmpty()) {
      String why =
          "pages are not tested in a browser, since chromium or its chromedriver is not installed"
              + " (apt install chromium chromium-driver)";
      System.err.println("Skipped: " + why);
      Assumptions.abort(why);
    }
    VERSIONS.setLevel(Level.SEVERE);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.orElseThrow());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1");
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver.orElseThrow())
            .withSilent(true)
            .build();
    return new Browser(new ChromeDriver(service, options));
  }

  private static Optional<File> program(String... names) {
    return Arrays.stream(names)
        .flatMap(name ->
            Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(folder -> new File(folder, name)))
        .filter(File::canExecute)
        .findFirst();
  }

  void open(String url) {
    driver.get(url);
  }

  WebElement at(String id) {
    return driver.findElement(By.id(id));
  }

  String text(String id) {
    return at(id).getText();
  }

  /** What a piece of JavaScript returns. */
  Object run(String script) {
    return driver.executeScript(script);
  }

  long number(String script) {
    return ((Number) run(script)).longValue();
  }

  /** Waits until a piece of JavaScript returns true. The test's own time-out ends it. */
  void await(String condition) throws InterruptedException {
    while (!Boolean.TRUE.equals(run("return " + condition))) {
      Thread.sleep(20);
    }
  }

  /** How wide the window is, and whether its owner likes it dark. */
  void look(int width, boolean dark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Takes a picture of the whole page, which must show something. */
  void screenshot(String name, boolean forDocuments) throws Exception {
    run("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    Object height = run("return document.documentElement.scrollHeight");
    Object width = run("return document.documentElement.clientWidth");
    Map<String, Object> all = Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1);
    Object taken =
        driver
            .executeCdpCommand(
                "Page.captureScreenshot",
                Map.of("format", "png", "captureBeyondViewport", true, "clip", all))
            .get("data");
    byte[] png = Base64.getDecoder().decode((String) taken);
    Files.createDirectories(SCREENSHOTS);
    Files.write(SCREENSHOTS.resolve(name), png);
    if (forDocuments && System.getProperty("screenshots") != null) {
      Files.write(DOCUMENTS.resolve(name), png);
    }
    assertThat(colours(png)).as("colours of %s", name).isGreaterThan(SOME_COLOURS);
  }

  private static long colours(byte[] png) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    return Arrays.stream(
            image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
        .distinct()
        .count();
  }

  /** What the page complained of since this was last asked. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  /** What was asked of anybody since this was last asked. */
  List<String> requests() {
    return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
        .map(entry -> JsonMapper.shared().readTree(entry.getMessage()).get("message"))
        .filter(message -> message.get("method").asString().equals("Network.requestWillBeSent"))
        .map(message -> message.at("/params/request/url"))
        .map(JsonNode::asString)
        .toList();
  }

  /** Leaves the page and forgets all that there was, for the next test. */
  void leave() {
    driver.get("data:,");
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    complaints();
    requests();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
