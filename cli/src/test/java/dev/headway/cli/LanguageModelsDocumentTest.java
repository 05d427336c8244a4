package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.practice.ServerOptions;
import dev.headway.cli.practice.VendorServer;
import dev.headway.cli.vendor.VendorName;
import dev.headway.cli.vendor.VendorSettings;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Runs the commands of {@code docs/language-models.md}, one after the other, in one shell. */
@Timeout(120)
final class LanguageModelsDocumentTest {

  private static final Path DOCUMENT = Path.of("..", "docs", "language-models.md");
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final String ADDRESS = "http://localhost:8080";

  @TempDir private Path folder;

  private static List<String> blocks() throws IOException {
    return BLOCK
        .matcher(Files.readString(DOCUMENT))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  @Test
  void its_commands_lead_from_prompts_to_results_with_a_price() throws Exception {
    TerminalSession.needs("bash");
    List<String> blocks = blocks();
    // The server is this one.
    assertThat(blocks.getFirst()).isEqualTo("headway server --like openai --port 8080\n");
    try (VendorServer server =
        VendorServer.start(ServerOptions.ON_ANY_PORT, VendorName.OPENAI, VendorSettings.OWN)) {
      String script =
          "set -e\nheadway() { "
              + Spawned.command(List.of()).stream()
                  .map(word -> "'" + word + "'")
                  .collect(Collectors.joining(" "))
              + " \"$@\"; }\n"
              + String.join("", blocks.subList(1, blocks.size()))
                  .replace(ADDRESS, server.uri().toString());
      Path printed = folder.resolve("printed");
      Process shell =
          new ProcessBuilder("bash", "-c", script)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(Redirect.to(printed.toFile()))
              .start();

      assertThat(shell.waitFor()).as(Files.readString(printed)).isEqualTo(0);
      assertThat(server.stats().refused()).isZero();
      assertThat(server.stats().requests()).as("three prompts and a batch of one").isEqualTo(4);
      assertThat(Files.readString(printed)).contains("costs at most ", "3 succeeded, 0 failed");
    }
    List<JsonNode> answers = Cli.results(Files.readString(folder.resolve("answers.jsonl")));
    assertThat(answers)
        .hasSize(3)
        .allSatisfy(answer -> {
          assertThat(answer.get("cost").doubleValue()).isPositive();
          assertThat(answer.at("/selected/answer").stringValue()).isNotBlank();
        });
    List<JsonNode> batch = Cli.results(Files.readString(folder.resolve("batch-results.jsonl")));
    assertThat(batch.getFirst().get("custom_id").stringValue()).isEqualTo("request-1");
    assertThat(folder.resolve("own.json")).content().contains("\"usage\"");
  }
}
