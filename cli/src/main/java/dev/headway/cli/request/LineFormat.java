package dev.headway.cli.request;

import dev.headway.cli.option.InputOptions;
import dev.headway.cli.option.TableOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * How an input is read.
 *
 * @param end the byte that ends a line
 * @param table whether it is a table
 * @param delimiter what separates columns, if lines have them
 * @param asks which lines ask for something; the others are skipped
 * @param most how many of those are read
 */
public record LineFormat(
    char end, boolean table, OptionalInt delimiter, Predicate<Line> asks, long most) {

  /** All lines that ask for something. */
  public LineFormat(char end, boolean table, OptionalInt delimiter, Predicate<Line> asks) {
    this(end, table, delimiter, asks, Long.MAX_VALUE);
  }

  /** The requests of an input, as options say. */
  public static LineFormat of(InputOptions options) {
    return new LineFormat(
        '\n', options.table().isPresent(), options.delimiter(), Line::asks, options.most());
  }

  /** Lines of text, or a table, as options say. */
  public static LineFormat of(TableOptions options, Predicate<Line> asks) {
    return new LineFormat('\n', options.table().isPresent(), options.delimiter(), asks);
  }

  /** Whether lines have columns, whatever they are. */
  boolean hasColumns() {
    return table || delimiter.isPresent();
  }

  /** Begins to read an input, which is closed by its owner. */
  public ReadAhead read(InputStream input) {
    ReadAhead.Source source =
        table
            ? new CsvRows(input, (char) delimiter.orElse(','))
            : new TextLines(input, end, delimiter);
    return new ReadAhead(source, asks, most);
  }

  /**
   * Counts the lines of a file that ask for something.
   *
   * @throws IOException if it cannot be read
   */
  public long count(Path file) throws IOException {
    try (InputStream input = Files.newInputStream(file);
        ReadAhead lines = read(input)) {
      long count = 0;
      while (lines.hasNext()) {
        lines.next();
        count++;
      }
      return count;
    }
  }
}
