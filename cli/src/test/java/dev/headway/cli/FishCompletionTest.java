package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

final class FishCompletionTest {

  @TempDir private Path folder;

  @Test
  void every_command_and_each_name_of_an_option_is_completed() {
    String script = script();
    CommandLine headway = Main.commandLine();
    headway
        .getSubcommands()
        .forEach((name, command) -> {
          assertThat(script).contains("-n '__fish_use_subcommand' -f -a " + name + " -d '");
          List<String> lines =
              script.lines().filter(line -> line.contains("_from " + name + "'")).toList();
          for (OptionSpec option : command.getCommandSpec().options()) {
            String names = option.longestName().replaceFirst("--", " -l ") + " ";
            assertThat(lines).as(name).anyMatch(line -> line.contains(names));
          }
        });
  }

  @Test
  void fish_completes_commands_options_values_and_files() throws Exception {
    TerminalSession.needs("fish");
    Files.writeString(folder.resolve("headway.fish"), script());
    Files.writeString(folder.resolve("people.csv"), "");

    assertThat(completions("headway fe")).contains("fetch");
    assertThat(completions("headway ")).doesNotContain("people.csv").contains("exec");
    assertThat(completions("headway exec --line")).contains("--line-buffered");
    assertThat(completions("headway fetch --count-from s")).contains("start");
    assertThat(completions("headway fetch --csv peo")).contains("people.csv");
    assertThat(completions("headway fetch peo")).contains("people.csv");
    assertThat(completions("headway fetch --rate peo")).doesNotContain("people.csv");
    assertThat(completions("headway completion z")).contains("zsh");
  }

  private static String script() {
    StringWriter script = new StringWriter();
    int status = Main.commandLine().setOut(new PrintWriter(script)).execute("completion", "fish");
    assertThat(status).isEqualTo(0);
    return script.toString();
  }

  private String completions(String typed) throws Exception {
    Process fish =
        new ProcessBuilder(
                "fish", "--no-config", "-c", "source headway.fish; complete -C $argv[1]", typed)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    fish.getOutputStream().close();
    String answer = new String(fish.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(fish.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return answer;
  }
}
