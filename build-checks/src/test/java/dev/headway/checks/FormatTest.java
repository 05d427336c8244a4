package dev.headway.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every Java file of the tree is as google-java-format would write it. */
class FormatTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final boolean FIX = "fix".equals(System.getProperty("headway.format"));

  private final Formatter formatter = new Formatter();

  @Test
  void everyJavaFileIsFormatted() throws IOException {
    List<Path> sources = javaFiles();
    assertThat(sources).as("Java files under %s", ROOT).isNotEmpty();

    List<String> wrong =
        sources.parallelStream().flatMap(source -> faultOf(source).stream()).sorted().toList();

    assertThat(wrong)
        .as(
            "Files that are not formatted. This rewrites them: mvn -q -pl build-checks test"
                + " -Dformat")
        .isEmpty();
  }

  /** What is wrong with {@code source} and has not been put right. */
  private Optional<String> faultOf(Path source) {
    String name = ROOT.relativize(source).toString();
    try {
      String text = Files.readString(source);
      String formatted = formatter.formatSourceAndFixImports(text);
      if (formatted.equals(text)) {
        return Optional.empty();
      }
      if (FIX) {
        Files.writeString(source, formatted);
        return Optional.empty();
      }
      return Optional.of(name);
    } catch (FormatterException e) {
      return Optional.of(name + " is not Java: " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> javaFiles() throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            return name.equals("target") || name.startsWith(".")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }
}
