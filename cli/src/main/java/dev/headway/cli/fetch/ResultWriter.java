package dev.headway.cli.fetch;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.headway.cli.lines.JsonLines;
import dev.headway.cli.resume.Finished;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes results as JSON, a line each. */
final class ResultWriter {

  private final JsonLines lines;

  ResultWriter(OutputStream output) {
    this.lines = new JsonLines(output);
  }

  /** What the result of an entry is known by: what is written of it. */
  static long key(Entry entry) {
    return Finished.key(entry.id(), entry.url().orElse(""));
  }

  /** What it was known by before URLs had variables in them by their names. */
  static long keyBefore(Entry entry, Secrets secrets) {
    return entry instanceof Entry.Request request
        ? Finished.key(entry.id(), secrets.hideAsBefore(request.request().uri().toString()))
        : key(entry);
  }

  /**
   * Writes a line.
   *
   * @throws IOException if it cannot be written
   */
  void write(Result result) throws IOException {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("id", result.id());
    line.put("url", result.url().orElse(null));
    line.put("status", result.status().isPresent() ? result.status().getAsInt() : null);
    line.put("attempts", result.attempts());
    result.startedAt().ifPresent(at -> line.put("startedAt", at.truncatedTo(MILLIS).toString()));
    line.put("waitedMs", JsonLines.millis(result.waited()));
    line.put("tookMs", JsonLines.millis(result.took()));
    Optional<String> error = result.error();
    if (error.isPresent()) {
      line.put("error", error.get() + result.said().map(text -> ": " + text).orElse(""));
    } else if (result.body().file().isPresent()) {
      line.put("bodyFile", result.body().file().get().toString());
    } else {
      putBody(line, result.body().bytes());
    }
    lines.write(line);
  }

  /** Text as text, anything else in Base64. */
  private static void putBody(Map<String, @Nullable Object> line, byte[] body) {
    try {
      line.put(
          "body", StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      line.put("bodyBase64", body);
    }
  }
}
