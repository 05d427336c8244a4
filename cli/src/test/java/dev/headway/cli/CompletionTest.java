package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Types into shells that have read the script, with a headway that says what it is given. */
final class CompletionTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "bash, bash --norc --noprofile -i, :",
    "zsh,  zsh -f -i,                  autoload -U compinit && compinit -u -D"
  })
  void completes_commands_options_values_and_files(String shell, String command, String before)
      throws Exception {
    TerminalSession.needs("script", shell);
    StringWriter script = new StringWriter();
    int status = Main.commandLine().setOut(new PrintWriter(script)).execute("completion", shell);
    assertThat(status).isEqualTo(0);
    Files.writeString(folder.resolve("script"), script.toString());
    Files.writeString(folder.resolve("people.csv"), "");
    Path headway = folder.resolve("headway");
    Files.writeString(headway, "#!/bin/sh\nprintf '<%s>' \"$@\" end\n");
    assertThat(headway.toFile().setExecutable(true)).isTrue();

    try (TerminalSession session =
        TerminalSession.of(
            command,
            folder,
            Map.of("TERM", "dumb", "PATH", folder + ":" + System.getenv("PATH"), "PS1", "% "))) {
      session.type(before + "; source ./script; printf '<%s>' ready\r");
      assertThat(session.until("<ready>")).contains("<ready>");

      assertCompletes(session, "headway fe\t\r", "<fetch>");
      assertCompletes(session, "headway exec --line\t\r", "<exec><--line-buffered>");
      assertCompletes(session, "./headway exec --line\t\r", "<exec><--line-buffered>");
      assertCompletes(session, "headway fetch --count-from s\t\r", "<fetch><--count-from><start>");
      assertCompletes(session, "headway fetch --csv peo\t\r", "<fetch><--csv><people.csv>");
      assertCompletes(session, "./headway fetch peo\t\r", "<fetch><people.csv>");
      assertCompletes(session, "headway completion z\t\r", "<completion><zsh>");
    }
  }

  private static void assertCompletes(TerminalSession session, String typed, String given)
      throws Exception {
    session.type(typed);
    assertThat(session.until("<end>")).as(typed).contains(given + "<end>");
  }
}
