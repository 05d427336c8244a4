package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headway.cli.practice.ServerOptions;
import dev.headway.cli.practice.VendorServer;
import dev.headway.cli.vendor.ModelSettings;
import dev.headway.cli.vendor.VendorName;
import dev.headway.cli.vendor.VendorSettings;
import dev.headway.limit.Rate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Kills {@code headway fetch} with {@code kill -9} while it calls a language model, and resumes it
 * each time: 3 times as a rule, or as often as {@code -Dkills=20} says.
 */
@Timeout(300)
final class KilledCallsTest {

  private static final int KILLS = Integer.getInteger("kills", 3);
  private static final int CALLS = 60 + 80 * KILLS;
  private static final int AT_ONCE = 4;

  /** Calls that were answered in the last quarter of a second, and may not be written yet. */
  private static final long JUST_NOW = 16;

  @TempDir private Path folder;

  @Test
  void no_call_is_paid_twice_except_those_in_flight_or_answered_just_now() throws Exception {
    Files.write(
        folder.resolve("prompts"),
        IntStream.range(0, CALLS).mapToObj(KilledCallsTest::call).toList());
    VendorSettings ample =
        new VendorSettings(
            Optional.of(Rate.parse("100000/m")),
            Map.of("tokens", Rate.parse("100000000/m")),
            1,
            ModelSettings.USUAL);
    ServerOptions slow = ServerOptions.ON_ANY_PORT.withLatency(Duration.ofMillis(60));
    try (VendorServer server = VendorServer.start(slow, VendorName.OPENAI, ample)) {
      long seed = new Random().nextLong();
      Random random = new Random(seed);
      long unwritten = 0;
      for (int kills = 0; kills < KILLS; kills++) {
        Process run = start(server);
        int written = results().size();
        while (run.isAlive() && results().size() == written) {
          TimeUnit.MILLISECONDS.sleep(10);
        }
        boolean over = run.waitFor(random.nextInt(1_000), TimeUnit.MILLISECONDS);
        run.destroyForcibly().waitFor();
        assertThat(over).as("it ends before it is killed, with seed %s", seed).isFalse();
        // What the server has accepted may not have arrived at it before the kill.
        TimeUnit.MILLISECONDS.sleep(100);
        long nowUnwritten = server.stats().accepted() - results().size();
        assertThat(nowUnwritten - unwritten).as("seed %s", seed).isBetween(0L, AT_ONCE + JUST_NOW);
        unwritten = nowUnwritten;
      }
      assertThat(start(server).waitFor()).as("%s; seed %s", messages(), seed).isEqualTo(0);

      List<JsonNode> results = results();
      assertThat(results)
          .extracting(each -> each.get("custom_id").stringValue())
          .hasSize(CALLS)
          .doesNotHaveDuplicates();
      assertThat(server.stats().accepted()).as("seed %s", seed).isEqualTo(CALLS + unwritten);
      double cost = results.stream().mapToDouble(each -> each.get("cost").doubleValue()).sum();
      assertThat(spent()).isCloseTo(cost, within(0.01));
    }
  }

  private static String call(int number) {
    return "{\"custom_id\": \"call-%d\", \"method\": \"POST\", \"url\": \"/v1/chat/completions\","
            .formatted(number)
        + " \"body\": {\"model\": \"gpt-4o-mini\", \"max_tokens\": 300, \"messages\": [{\"role\":"
        + " \"user\", \"content\": \"number %d\"}]}}".formatted(number);
  }

  private Process start(VendorServer server) throws IOException {
    return Spawned.start(
        Map.of("OPENAI_API_KEY", "practice"),
        folder.resolve("messages"),
        "fetch",
        "--preset=openai",
        "--base-url=" + server.uri(),
        "--price=in=1/K,out=1/K",
        "--budget=tokens=100000000/m",
        "-c=" + AT_ONCE,
        "--output=" + folder.resolve("results"),
        "--resume",
        folder.resolve("prompts").toString());
  }

  private String messages() throws IOException {
    return Files.readString(folder.resolve("messages"));
  }

  /** The sum in the last line that the last run has written. */
  private double spent() throws IOException {
    return Double.parseDouble(messages().replaceFirst("(?s).*, ([0-9.]+) spent\\s*", "$1"));
  }

  /** The results that are whole. */
  private List<JsonNode> results() throws IOException {
    Path results = folder.resolve("results");
    String text = Files.exists(results) ? Files.readString(results) : "";
    return Cli.results(text.substring(0, text.lastIndexOf('\n') + 1));
  }
}
