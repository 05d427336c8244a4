package dev.headway.cli.request;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.headway.cli.text.FileErrors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rows of a table (CSV, RFC 4180) whose first row names its columns, each as a line with
 * columns. Its number is that of the row's first line in the file. A value may have 16 Mi
 * characters, a row four times as many.
 */
public final class CsvRows implements ReadAhead.Source {

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final InputStream input;
  private final char delimiter;

  /** The rows of an input. */
  public CsvRows(InputStream input, char delimiter) {
    this.input = input;
    this.delimiter = delimiter;
  }

  @Override
  public void readTo(ReadAhead.Sink sink) throws IOException, InterruptedException {
    Reader text = withoutMark(new InputStreamReader(input, StandardCharsets.UTF_8.newDecoder()));
    // It closes no more than the reader, and the input is not ours.
    @SuppressWarnings("resource")
    CsvReader<CsvRecord> rows =
        CsvReader.builder()
            .fieldSeparator(delimiter)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .ofCsvRecord(text);
    List<String> columns = null;
    try {
      for (CsvRecord row : rows) {
        if (columns == null) {
          columns = columns(row);
        } else {
          sink.put(line(columns, row));
        }
      }
    } catch (UncheckedIOException e) {
      throw unreadable(e);
    } catch (CsvParseException e) {
      throw new IOException("it is not CSV: " + FileErrors.underneath(e).getMessage(), e);
    }
  }

  private static Reader withoutMark(Reader text) throws IOException {
    BufferedReader buffered = new BufferedReader(text);
    buffered.mark(1);
    try {
      if (buffered.read() != BYTE_ORDER_MARK) {
        buffered.reset();
      }
    } catch (CharacterCodingException e) {
      throw unreadable(e);
    }
    return buffered;
  }

  private static List<String> columns(CsvRecord row) throws IOException {
    List<String> columns = row.getFields();
    if (new HashSet<>(columns).size() < columns.size()) {
      throw new IOException(
          "its first row does not name its columns: " + columns + " has a name twice");
    }
    return columns;
  }

  private Line line(List<String> columns, CsvRecord row) {
    long number = row.getStartingLineNumber();
    if (row.getFieldCount() != columns.size()) {
      return Line.faulty(
          number, "it has " + row.getFieldCount() + " values for " + columns.size() + " columns");
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      values.put(columns.get(i), row.getField(i));
    }
    String text = String.join(Character.toString(delimiter), values.values());
    return new Line(number, text, values, Optional.empty());
  }

  private static IOException unreadable(Exception failure) {
    return FileErrors.underneath(failure) instanceof CharacterCodingException
        ? new IOException("it is not UTF-8 text", failure)
        : new IOException(FileErrors.underneath(failure).getMessage(), failure);
  }
}
