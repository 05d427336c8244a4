package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the command in a JVM of its own, to which signals can be sent. */
final class Spawned {

  private static final List<String> JAVA =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1");

  private Spawned() {}

  /**
   * A class path of jars alone, and an archive of classes: with it a JVM starts in half the time.
   */
  private static final class Archive {
    private static final Path FOLDER = Path.of("target", "spawned");
    private static final String CLASS_PATH = jars();
    private static final String FILE = archive();

    private static String jars() {
      return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
          .map(Path::of)
          .map(entry -> Files.isDirectory(entry) ? jar(entry) : entry)
          .map(Path::toString)
          .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path jar(Path folder) {
      Path jar =
          FOLDER.resolve(folder.toString().replace(File.separator, "_") + ".jar").toAbsolutePath();
      int status =
          ToolProvider.findFirst("jar")
              .orElseThrow()
              .run(System.out, System.err, "-c0f", jar.toString(), "-C", folder.toString(), ".");
      assertThat(status).isEqualTo(0);
      return jar;
    }

    private static String archive() {
      String file = FOLDER.resolve("classes.jsa").toAbsolutePath().toString();
      List<String> command = new ArrayList<>(JAVA);
      command.addAll(List.of("-XX:ArchiveClassesAtExit=" + file, "-Xlog:disable"));
      command.addAll(List.of("-cp", CLASS_PATH, Rehearsal.class.getName()));
      try {
        assertThat(run(new ProcessBuilder(command), "").status()).isEqualTo(0);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      return file;
    }
  }

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
    return builder(options, arguments).redirectError(Redirect.to(messages.toFile())).start();
  }

  /** With variables in its environment. */
  static Process start(Map<String, String> environment, Path messages, String... arguments)
      throws IOException {
    ProcessBuilder builder = builder(List.of(), arguments);
    builder.environment().putAll(environment);
    return builder.redirectError(Redirect.to(messages.toFile())).start();
  }

  /** Runs it to its end, with variables in its environment. */
  static Cli run(Map<String, String> environment, String input, String... arguments)
      throws Exception {
    ProcessBuilder builder = builder(List.of(), arguments);
    builder.environment().putAll(environment);
    return run(builder, input);
  }

  /** Runs it to its end, with its standard streams as a shell makes them. */
  static Cli redirected(String redirections, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "exec \"$0\" \"$@\" " + redirections));
    command.addAll(command(List.of(), arguments));
    return run(new ProcessBuilder(command), "");
  }

  private static Cli run(ProcessBuilder builder, String input) throws Exception {
    Process process = builder.start();
    try {
      FutureTask<String> out = reading(process.getInputStream());
      FutureTask<String> messages = reading(process.getErrorStream());
      try (OutputStream lines = process.getOutputStream()) {
        lines.write(input.getBytes(StandardCharsets.UTF_8));
      }
      return new Cli(process.waitFor(), out.get(), messages.get());
    } finally {
      process.destroyForcibly();
    }
  }

  private static FutureTask<String> reading(InputStream stream) {
    FutureTask<String> text =
        new FutureTask<>(() -> new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    Thread.ofVirtual().start(text);
    return text;
  }

  private static ProcessBuilder builder(List<String> options, String... arguments) {
    return new ProcessBuilder(DefaultSignals.of(command(options, arguments)));
  }

  /** The command line of a JVM with options that runs it. */
  static List<String> command(List<String> options, String... arguments) {
    List<String> command = new ArrayList<>(JAVA);
    command.addAll(List.of("-XX:SharedArchiveFile=" + Archive.FILE, "-Xlog:disable"));
    command.addAll(options);
    command.addAll(List.of("-cp", Archive.CLASS_PATH, Main.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  static void send(String signal, long pid) throws Exception {
    ProcessBuilder kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid));
    assertThat(kill.start().waitFor()).isEqualTo(0);
  }
}
