package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;

final class HelpTest {

  @TempDir private Path folder;

  static Stream<CommandLine> commands() {
    CommandLine headway = Main.commandLine();
    return Stream.concat(Stream.of(headway), headway.getSubcommands().values().stream());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void says_what_a_command_does_and_shows_an_example_before_anything_else(CommandLine command)
      throws Exception {
    TerminalSession.needs("bash");
    String name = command.getCommandSpec().qualifiedName();
    List<String> help = command.getUsageMessage(Ansi.OFF).lines().toList();

    assertThat(help.get(0)).as(name).endsWith(".");
    assertThat(help.get(1)).isEmpty();
    assertThat(help.get(2)).startsWith("  ").contains(name);
    assertThat(examples(help)).isNotEmpty().allSatisfy(example -> assertWorks(example));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void fits_on_a_screen_of_eighty_columns(CommandLine command) {
    assertThat(command.getUsageMessage(Ansi.OFF).lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void says_the_default_of_every_option_that_has_one(CommandLine command) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (option.defaultValue() != null) {
        assertThat(String.join(" ", option.description()))
            .as(option.longestName())
            .containsIgnoringCase("default: " + option.defaultValue());
      }
    }
  }

  @Test
  void a_command_alone_is_as_it_is_among_all() {
    CommandLine all = Main.commandLine();
    for (String name : all.getSubcommands().keySet()) {
      CommandLine alone = new Commands(System.in, System.out, System.err).meantBy(name, "--help");
      assertThat(alone.getSubcommands().get(name).getUsageMessage(Ansi.OFF))
          .isEqualTo(all.getSubcommands().get(name).getUsageMessage(Ansi.OFF));
    }
  }

  private static List<String> examples(List<String> help) {
    return help.stream()
        .skip(2)
        .takeWhile(line -> line.startsWith("  "))
        .map(String::strip)
        .toList();
  }

  /** Has a shell take an example to pieces, and headway read what it is given. */
  private void assertWorks(String example) throws IOException, InterruptedException {
    for (String file : List.of("urls.txt", "photos.txt", "people.csv", "prompts.jsonl")) {
      Files.writeString(folder.resolve(file), "");
    }
    Path given = folder.resolve("given");
    Files.deleteIfExists(given);
    Process shell =
        new ProcessBuilder(
                "bash", "-c", "headway() { printf '%s\\0' \"$@\" > given; }\n" + example + "")
            .directory(folder.toFile())
            .start();
    String faults = new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(example + faults).isEqualTo(0);
    // What a shell starts to read from may still be writing.
    while (!Files.exists(given)) {
      Thread.onSpinWait();
    }
    List<String> arguments = new ArrayList<>(List.of(Files.readString(given).split("\0")));
    Collection<CommandLine> read =
        Main.commandLine().parseArgs(arguments.toArray(String[]::new)).asCommandLineList();
    assertThat(read).as(example).isNotEmpty();
  }
}
