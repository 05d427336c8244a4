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

  private final Secrets secrets;

  ResultWriter(OutputStream output, Secrets secrets) {
    this.lines = new JsonLines(output);
    this.secrets = secrets;
  }

  /** What the result of an entry is known by: what is written of it. */
  long key(Entry entry) {
    return Finished.key(entry.id(), entry.url().map(secrets::hide).orElse(""));
  }

  /**
   * Writes a line.
   *
   * @throws IOException if it cannot be written
   */
  void write(Result result) throws IOException {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("id", result.id());
    line.put("url", url(result).orElse(null));
    line.put("status", result.status().isPresent() ? result.status().getAsInt() : null);
    line.put("attempts", result.attempts());
    result.startedAt().ifPresent(at -> line.put("startedAt", at.truncatedTo(MILLIS).toString()));
    line.put("waitedMs", JsonLines.millis(result.waited()));
    line.put("tookMs", JsonLines.millis(result.took()));
    Optional<String> error = error(result);
    if (error.isPresent()) {
      line.put("error", error.get());
    } else if (result.body().file().isPresent()) {
      line.put("bodyFile", result.body().file().get().toString());
    } else {
      putBody(line, result.body().bytes());
    }
    lines.write(line);
  }

  /** What was asked for, as it may be shown. */
  Optional<String> url(Result result) {
    return result.url().map(secrets::hide);
  }

  /** What went wrong, as it may be shown. */
  Optional<String> error(Result result) {
    return result.error().map(secrets::hide);
  }

  /** Text as text, anything else in Base64. */
  private void putBody(Map<String, @Nullable Object> line, byte[] body) {
    try {
      line.put(
          "body",
          secrets.hide(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString()));
    } catch (CharacterCodingException e) {
      line.put("bodyBase64", body);
    }
  }
}
