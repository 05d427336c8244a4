package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.model.Presets;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class PresetsCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter messages = new StringWriter();

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(messages))
        .execute(arguments);
  }

  @Test
  void presets_are_listed_with_what_they_are_for() {
    assertThat(run("presets")).isEqualTo(0);
    assertThat(out.toString().lines())
        .hasSameSizeAs(Presets.names())
        .first()
        .asString()
        .startsWith("openai      OpenAI");
  }

  @Test
  void one_is_shown_as_its_file_is() {
    assertThat(run("presets", "gemini")).isEqualTo(0);
    assertThat(out.toString()).isEqualTo(Presets.text("gemini"));
  }

  @Test
  void an_unknown_one_is_wrong_usage() {
    assertThat(run("presets", "nope")).isEqualTo(2);
    assertThat(messages.toString()).contains("there is no preset \"nope\"");
  }
}
