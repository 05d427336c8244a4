package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the command in a JVM of its own, to which signals can be sent. */
final class Spawned {

  private Spawned() {}

  static Process start(Path messages, String... arguments) throws IOException {
    return start(messages, Path.of(System.getProperty("java.io.tmpdir")), arguments);
  }

  /** Its temporary files are in a folder. */
  static Process start(Path messages, Path scratch, String... arguments) throws IOException {
    return start(messages, List.of("-Djava.io.tmpdir=" + scratch), arguments);
  }

  /** With options for its JVM. */
  static Process start(Path messages, List<String> options, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(Redirect.to(messages.toFile())).start();
  }

  static void send(String signal, long pid) throws Exception {
    ProcessBuilder kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid));
    assertThat(kill.start().waitFor()).isEqualTo(0);
  }
}
