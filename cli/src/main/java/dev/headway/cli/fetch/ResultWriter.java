package dev.headway.cli.fetch;

import dev.headway.cli.lines.JsonLines;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes results as JSON, a line each. */
final class ResultWriter {

  private final JsonLines lines;

  private final Secrets secrets;

  ResultWriter(OutputStream output, Secrets secrets) {
    this.lines = new JsonLines(output);
    this.secrets = secrets;
  }

  /**
   * Writes a line.
   *
   * @throws IOException if it cannot be written
   */
  void write(Result result) throws IOException {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("id", result.id());
    line.put("url", result.url().map(secrets::hide).orElse(null));
    line.put("status", result.status().isPresent() ? result.status().getAsInt() : null);
    line.put("attempts", result.attempts());
    line.put("waitedMs", result.waited().toMillis());
    line.put("tookMs", result.took().toMillis());
    if (result.error().isPresent()) {
      line.put("error", secrets.hide(result.error().get()));
    } else {
      putBody(line, result.body());
    }
    lines.write(line);
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
