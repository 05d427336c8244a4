package dev.headway.cli.text;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes objects as a table (CSV, RFC 4180), whole rows only. Its first row names the columns.
 * Texts and numbers are written as they are, lists and objects as JSON, and nothing for null.
 */
public final class CsvLines {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final OutputStream output;
  private List<String> columns = List.of();

  /** Writes to a stream, which is flushed after each row. */
  public CsvLines(OutputStream output) {
    this.output = output;
  }

  /** Whether nothing is written, so that {@link #begin} must be called. */
  public boolean isEmpty() {
    return columns.isEmpty();
  }

  /**
   * Writes the row that names the columns.
   *
   * @throws IOException if it cannot be written
   */
  public void begin(List<String> names) throws IOException {
    columns = List.copyOf(names);
    row(columns);
  }

  /**
   * Writes a row.
   *
   * @return the fields that have no column, and are not written
   * @throws IOException if it cannot be written
   */
  public List<String> write(Map<String, ? extends @Nullable Object> object) throws IOException {
    row(columns.stream().map(column -> text(object.get(column))).toList());
    List<String> left = new ArrayList<>(object.keySet());
    left.removeAll(columns);
    return left;
  }

  private void row(List<String> values) throws IOException {
    StringWriter row = new StringWriter();
    try (CsvWriter writer = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(row)) {
      writer.writeRecord(values);
    }
    output.write(row.toString().getBytes(StandardCharsets.UTF_8));
    output.flush();
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case String text -> text;
      case BigDecimal number -> number.toPlainString();
      case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
      case JsonNode node when node.isNull() -> "";
      case JsonNode node when node.isString() -> node.stringValue();
      default -> JSON.writeValueAsString(value);
    };
  }
}
