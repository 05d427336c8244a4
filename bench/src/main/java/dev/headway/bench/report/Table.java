package dev.headway.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of words and numbers.
 *
 * @param columns their names, with units
 * @param rows a string or a number for each column
 */
public record Table(String title, List<String> columns, List<List<Object>> rows) {

  /** Creates an empty table. */
  public Table(String title, String... columns) {
    this(title, List.of(columns), new ArrayList<>());
  }

  /**
   * A table with a name and a number in each row.
   *
   * @param lines each a number, a space and the name
   */
  public static Table ofLines(String title, String names, String numbers, List<String> lines) {
    Table table = new Table(title, names, numbers);
    for (String line : lines) {
      int space = line.indexOf(' ');
      table.add(
          "`" + line.substring(space + 1) + "`", Double.parseDouble(line.substring(0, space)));
    }
    return table;
  }

  /** Adds a row. */
  public void add(Object... cells) {
    rows.add(List.of(cells));
  }
}
