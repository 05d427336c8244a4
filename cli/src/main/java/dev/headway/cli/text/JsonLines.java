package dev.headway.cli.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes objects as JSON, a line each, whole lines only.
 *
 * <p>The file may be opened as a sheet, where a cell that begins with {@code =}, {@code +}, {@code
 * -} or {@code @} is a formula. No line begins so, and where such a character of a text follows
 * what separates cells, it is written as {@code \\u003d} and the like: any reader of JSON reads the
 * same. A number may follow it.
 */
public final class JsonLines {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String BEFORE_CELLS = ",;|";
  private static final String BEFORE_FORMULAS = "=+-@";

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
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    byte before = 0;
    boolean inText = false;
    boolean escaped = false;
    for (byte each : JSON.writeValueAsBytes(object)) {
      inText ^= each == '"' && !escaped;
      escaped = each == '\\' && !escaped;
      if (inText && BEFORE_CELLS.indexOf(before) >= 0 && BEFORE_FORMULAS.indexOf(each) >= 0) {
        line.writeBytes(String.format("\\u%04x", each).getBytes(StandardCharsets.US_ASCII));
      } else {
        line.write(each);
      }
      before = each;
    }
    line.write('\n');
    line.writeTo(output);
    output.flush();
  }
}
