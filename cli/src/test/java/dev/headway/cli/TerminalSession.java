package dev.headway.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A program in a terminal of its own, in which somebody types. */
final class TerminalSession implements AutoCloseable {

  private final Process process;
  private final Reader screen;
  private final Writer keys;

  private TerminalSession(Process process) {
    this.process = process;
    screen = process.inputReader(StandardCharsets.UTF_8);
    keys = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** Skips the test where one of these programs is not installed. */
  static void needs(String... programs) {
    for (String program : programs) {
      assumeTrue(
          Arrays.stream(System.getenv("PATH").split(":"))
              .anyMatch(folder -> Path.of(folder, program).toFile().canExecute()),
          program + " is not installed");
    }
  }

  /** Runs a command line; the variables are added to the environment, or taken away where empty. */
  static TerminalSession of(String command, Path folder, Map<String, String> variables)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(DefaultSignals.of(List.of("script", "-qfec", command, "/dev/null")))
            .directory(folder.toFile())
            .redirectErrorStream(true);
    variables.forEach((name, value) -> {
      if (value.isEmpty()) {
        builder.environment().remove(name);
      } else {
        builder.environment().put(name, value);
      }
    });
    return new TerminalSession(builder.start());
  }

  /** Types. */
  void type(String text) throws IOException {
    keys.write(text);
    keys.flush();
  }

  /** Looks at the screen until the text is there, or the program has ended; says what came. */
  String until(String text) throws IOException {
    StringBuilder seen = new StringBuilder();
    for (int c = screen.read(); c >= 0; c = screen.read()) {
      seen.append((char) c);
      if (seen.indexOf(text) >= 0) {
        break;
      }
    }
    return seen.toString();
  }

  /** All that comes until the program ends. */
  String all() throws IOException {
    StringBuilder seen = new StringBuilder();
    for (int c = screen.read(); c >= 0; c = screen.read()) {
      seen.append((char) c);
    }
    return seen.toString();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
