package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ColoursTest {

  private static final String ESCAPE = "\u001b[";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "xterm, '', '', true",
    "xterm, 1,  '', false",
    "dumb,  '', '', false",
    "'',    '', '', false",
    "xterm, 1,  1,  false",
    "dumb,  '', 1,  false",
  })
  void help_in_a_terminal_has_them_unless_the_environment_is_against_it(
      String terminal, String noColor, String forced, boolean colours) throws Exception {
    String help = inTerminal("--help", terminal, noColor, forced);

    assertThat(help).contains("headway");
    assertThat(help.contains(ESCAPE)).isEqualTo(colours);
  }

  @Test
  void help_in_a_file_has_none_though_its_reader_is_in_a_terminal() throws Exception {
    inTerminal("--help > help; true", "xterm", "", "1");

    assertThat(Files.readString(folder.resolve("help"))).contains("Usage").doesNotContain(ESCAPE);
  }

  @Test
  void errors_and_progress_never_have_any() throws Exception {
    Files.writeString(folder.resolve("lines"), "a\n");

    assertThat(inTerminal("", "xterm", "", "1")).contains("Usage").doesNotContain(ESCAPE);
    assertThat(inTerminal("ftech", "xterm", "", "1")).contains("mean").doesNotContain(ESCAPE);
    assertThat(inTerminal("exec -a lines true > out", "xterm", "", "1"))
        .contains("failed")
        .doesNotContain(ESCAPE);
    assertThat(inTerminal("fetch --output out lines", "xterm", "", "1"))
        .contains("failed")
        .doesNotContain(ESCAPE);
  }

  private String inTerminal(String arguments, String terminal, String noColor, String forced)
      throws Exception {
    TerminalSession.needs("script");
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("TERM", terminal);
    variables.put("NO_COLOR", noColor);
    variables.put("CLICOLOR_FORCE", forced);
    String command =
        Spawned.command(List.of()).stream().map("'%s' "::formatted).collect(Collectors.joining());
    try (TerminalSession session = TerminalSession.of(command + arguments, folder, variables)) {
      return session.all();
    }
  }
}
