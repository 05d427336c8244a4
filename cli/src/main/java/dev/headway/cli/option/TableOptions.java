package dev.headway.cli.option;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say that lines have columns. */
public class TableOptions {

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = {
        "Read a table (CSV, UTF-8; - is standard input) rather than lines. Its first row names the"
            + " columns; a column id gives the ids."
      })
  private @Nullable Path table;

  @Option(
      names = "--delimiter",
      paramLabel = "CHAR",
      description = {
        "What separates columns, such as ';' or tab. Without --csv, lines are split into columns"
            + " {1}, {2} and so on. Default: a comma with --csv, else lines are not split."
      })
  private @Nullable String delimiter;

  /** Made by picocli. */
  public TableOptions() {}

  /** The table to read, if there is one. */
  public final Optional<Path> table() {
    return Optional.ofNullable(table);
  }

  /**
   * The character that separates columns, if one is given.
   *
   * @throws UsageException if it is not one character
   */
  public final OptionalInt delimiter() {
    if (delimiter == null) {
      return OptionalInt.empty();
    }
    if (delimiter.equals("tab") || delimiter.equals("\\t")) {
      return OptionalInt.of('\t');
    }
    if (delimiter.length() != 1 || "\"\n\r".contains(delimiter)) {
      throw new UsageException(
          "--delimiter: \"" + delimiter + "\" is not one character; write one such as ';', or tab");
    }
    return OptionalInt.of(delimiter.charAt(0));
  }
}
