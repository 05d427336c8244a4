package dev.headway.cli.exec;

import java.io.File;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The programs that can be run. */
final class Programs {

  private static final String USUAL_PATH = "/usr/local/bin:/usr/bin:/bin";

  /** How the system has words. */
  static final Charset ENCODING = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private Programs() {}

  /** Whether a program can be found, as a shell would look for it. */
  static boolean exists(String name) {
    try {
      return places(name).anyMatch(file -> Files.isRegularFile(file) && Files.isExecutable(file));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static Stream<Path> places(String name) {
    if (name.contains("/")) {
      return Stream.of(Path.of(name));
    }
    String path = Optional.ofNullable(System.getenv("PATH")).orElse(USUAL_PATH);
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(path)
        .map(folder -> Path.of(folder).resolve(name));
  }
}
