package dev.headway.cli.fetch;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

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
   * Leaves nothing of it.
   *
   * @throws IOException if its file cannot be deleted
   */
  void discard() throws IOException {
    if (file.isPresent()) {
      Files.deleteIfExists(file.get());
    }
  }

  /**
   * All of it, wherever it is, decoded if it is in a file as it was received; as it is in the file
   * if it cannot be decoded.
   *
   * @throws IOException if its file cannot be read
   */
  byte[] decoded(HttpHeaders headers) throws IOException {
    if (file.isEmpty()) {
      return bytes;
    }
    byte[] saved = Files.readAllBytes(file.get());
    InputStream in = new ByteArrayInputStream(saved);
    String encoding = headers.firstValue("Content-Encoding").orElse("");
    try (InputStream decoded =
        switch (encoding.strip().toLowerCase(Locale.ROOT)) {
          case "gzip", "x-gzip" -> new GZIPInputStream(in);
          case "deflate" -> new InflaterInputStream(in);
          default -> in;
        }) {
      return decoded.readAllBytes();
    } catch (ZipException | EOFException decodedBeforeOrNotWhole) {
      return saved;
    }
  }
}
