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

  /** An empty one. */
  public Table(String title, String... columns) {
    this(title, List.of(columns), new ArrayList<>());
  }

  /** Adds a row. */
  public void add(Object... cells) {
    rows.add(List.of(cells));
  }
}
