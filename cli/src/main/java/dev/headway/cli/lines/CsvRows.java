package dev.headway.cli.lines;

import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The rows of a table (CSV, RFC 4180) whose first row names its columns, each as a line that is a
 * JSON object of texts. Its number is that of the row's last line in the file.
 */
public final class CsvRows implements ReadAhead.Source {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setHeader()
          .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
          .setSkipHeaderRecord(true)
          .setIgnoreEmptyLines(true)
          .get();

  private final InputStream input;

  /** Those of an input. */
  public CsvRows(InputStream input) {
    this.input = input;
  }

  @Override
  public void readTo(ReadAhead.Sink sink) throws IOException, InterruptedException {
    Reader text = new InputStreamReader(input, StandardCharsets.UTF_8.newDecoder());
    // It closes no more than the reader, and the input is not ours.
    @SuppressWarnings("resource")
    CSVParser rows = parser(new Bounded(new BufferedReader(text)));
    try {
      for (CSVRecord row : rows) {
        sink.put(line(rows.getCurrentLineNumber(), rows, row));
      }
    } catch (UncheckedIOException e) {
      IOException cause = e.getCause();
      throw cause == null ? new IOException(e) : told(cause);
    } catch (IllegalStateException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  private static CSVParser parser(Reader text) throws IOException {
    try {
      return CSVParser.parse(text, FORMAT);
    } catch (IOException e) {
      throw told(e);
    } catch (IllegalArgumentException e) {
      throw new IOException("its first row does not name its columns: " + e.getMessage(), e);
    }
  }

  private static IOException told(IOException failure) {
    return failure instanceof CharacterCodingException
        ? new IOException("it is not UTF-8 text", failure)
        : failure;
  }

  private static Line line(long number, CSVParser rows, CSVRecord row) {
    if (!row.isConsistent()) {
      return new Line(
          number,
          "",
          Optional.of(
              "it has " + row.size() + " values for " + rows.getHeaderNames().size() + " columns"));
    }
    return new Line(number, JSON.writeValueAsString(row.toMap()), Optional.empty());
  }

  /** A text that fails where a line is so long that it can hardly be one. */
  private static final class Bounded extends FilterReader {

    private long length;
    private boolean atBegin = true;

    Bounded(Reader in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      char[] one = new char[1];
      return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(char[] chars, int offset, int count) throws IOException {
      int read = super.read(chars, offset, count);
      for (int i = offset; i < offset + read; i++) {
        length = chars[i] == '\n' ? 0 : length + 1;
        if (length > TextLines.LONGEST) {
          throw new IOException(
              "it has a line of more than " + (TextLines.LONGEST >> 20) + " Mi characters");
        }
      }
      return withoutMark(chars, offset, read);
    }

    /** A byte order mark is no part of the first name. */
    private int withoutMark(char[] chars, int offset, int read) throws IOException {
      if (!atBegin || read <= 0) {
        return read;
      }
      atBegin = false;
      if (chars[offset] != '\uFEFF') {
        return read;
      }
      System.arraycopy(chars, offset + 1, chars, offset, read - 1);
      return read > 1 ? read - 1 : read(chars, offset, 1);
    }
  }
}
