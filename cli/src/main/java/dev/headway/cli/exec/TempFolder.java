package dev.headway.cli.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder; only its owner can read it. */
final class TempFolder implements AutoCloseable {

  private final Path folder;

  private TempFolder(Path folder) {
    this.folder = folder;
  }

  static TempFolder create() throws IOException {
    return new TempFolder(Files.createTempDirectory("headway-exec"));
  }

  Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> left;
    try (Stream<Path> files = Files.list(folder)) {
      left = files.toList();
    }
    for (Path file : left) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(folder);
  }
}
