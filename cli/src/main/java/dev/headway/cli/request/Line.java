package dev.headway.cli.request;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the input, or one row of a table.
 *
 * @param number its number, from 1
 * @param text its text; that of a row are its values with the delimiter between them
 * @param columns the values by the names of their columns, in order; empty if it has none
 * @param fault what is wrong with the line itself, so that its text cannot be trusted
 */
public record Line(long number, String text, Map<String, String> columns, Optional<String> fault) {

  /** A line without columns. */
  public static Line of(long number, String text) {
    return new Line(number, text, Map.of(), Optional.empty());
  }

  /** A line that cannot be trusted. */
  public static Line faulty(long number, String fault) {
    return new Line(number, "", Map.of(), Optional.of(fault));
  }

  /** What is wrong with the line, and which it is. */
  public String because(String why) {
    return "line " + number + ": " + why;
  }

  /** The value of a column by its name, or by its number from 1. */
  public Optional<String> column(String name) {
    String value = columns.get(name);
    if (value == null && name.matches("[1-9]\\d{0,5}")) {
      int index = Integer.parseInt(name) - 1;
      List<String> values = List.copyOf(columns.values());
      value = index < values.size() ? values.get(index) : null;
    }
    return Optional.ofNullable(value);
  }

  /** Whether it is neither blank nor a comment, or faulty, so that something has to be said. */
  public boolean asks() {
    return fault.isPresent() || (!text.isBlank() && !text.stripLeading().startsWith("#"));
  }
}
