package dev.headway.cli.lines;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes objects as JSON, a line each, whole lines only. */
public final class JsonLines {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final OutputStream output;

  /** Writes to a stream, which is flushed after each line. */
  public JsonLines(OutputStream output) {
    this.output = output;
  }

  /** A duration as lines have it: milliseconds, to the microsecond. */
  public static BigDecimal millis(Duration duration) {
    return BigDecimal.valueOf(duration.toNanos() / 1_000, 3);
  }

  /**
   * Writes a line.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Map<String, ? extends @Nullable Object> object) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(object);
    byte[] whole = Arrays.copyOf(bytes, bytes.length + 1);
    whole[bytes.length] = '\n';
    output.write(whole);
    output.flush();
  }
}
