package dev.headway.cli.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What came of a response's body.
 *
 * @param bytes all of it, or nothing if it is in a file or there is a problem
 * @param file where it is, if it is in a file
 * @param problem why it is not here
 */
@SuppressWarnings("ArrayRecordComponent") // bodies are never compared
record Body(byte[] bytes, Optional<Path> file, Optional<String> problem) {

  private static final byte[] NOTHING = {};

  /** None. */
  static final Body NONE = of(NOTHING);

  static Body of(byte[] bytes) {
    return new Body(bytes, Optional.empty(), Optional.empty());
  }

  static Body in(Path file) {
    return new Body(NOTHING, Optional.of(file), Optional.empty());
  }

  /** There is one, but it cannot be had. */
  static Body missing(String problem) {
    return new Body(NOTHING, Optional.empty(), Optional.of(problem));
  }

  /**
   * All of it, wherever it is.
   *
   * @throws IOException if its file cannot be read
   */
  byte[] content() throws IOException {
    return file.isPresent() ? Files.readAllBytes(file.get()) : bytes;
  }
}
