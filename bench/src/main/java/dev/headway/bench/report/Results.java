package dev.headway.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The contents of a file of results.
 *
 * @param build identifies the build that was measured
 */
public record Results(boolean quick, String build, Machine machine, Report report) {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** Writes the file of a part. */
  public void write(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.writeString(file(folder, report.part()), JSON.writeValueAsString(this) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the file of a part, if there is one. */
  public static Optional<Results> read(Path folder, String part) {
    Path file = file(folder, part);
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), Results.class))
        : Optional.empty();
  }

  private static Path file(Path folder, String part) {
    return folder.resolve(part + ".json");
  }
}
