package dev.headway.cli.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A text with places for what a line has: {@code {}} for all of it, {@code {name}} for a column.
 * What is filled in, be it a value of a line or a secret, is never a place itself.
 *
 * @param parts the text and its places, in order
 */
record TextTemplate(List<Part> parts) {

  /** Not {@code ${NAME}}: that is a variable of the environment. */
  private static final Pattern PLACE = Pattern.compile("(?<!\\$)\\{([^{}\"]*)}");

  /**
   * A part of a template.
   *
   * @param text what it is, or the name of its place
   * @param isPlace whether a value of a line replaces it
   */
  record Part(String text, boolean isPlace) {}

  /**
   * Reads a template.
   *
   * @param reveal makes what is sent of the text around places
   */
  static TextTemplate of(String template, UnaryOperator<String> reveal) {
    List<Part> parts = new ArrayList<>();
    Matcher place = PLACE.matcher(template);
    int end = 0;
    while (place.find()) {
      parts.add(new Part(reveal.apply(template.substring(end, place.start())), false));
      parts.add(new Part(place.group(1), true));
      end = place.end();
    }
    parts.add(new Part(reveal.apply(template.substring(end)), false));
    return new TextTemplate(List.copyOf(parts));
  }

  /** The names of its places. */
  Set<String> places() {
    return parts.stream().filter(Part::isPlace).map(Part::text).collect(Collectors.toSet());
  }

  /** Fills it in. A place for which the row has no value stays as it is written. */
  String fill(Row row, UnaryOperator<String> escape) {
    return parts.stream()
        .map(part ->
            part.isPlace()
                ? row.value(part.text()).map(escape).orElse("{" + part.text() + "}")
                : part.text())
        .collect(Collectors.joining());
  }

  /**
   * Fills it in.
   *
   * @param option what it is the value of, for messages
   * @throws IllegalArgumentException if the row has no value for a place
   */
  String fillAll(Row row, UnaryOperator<String> escape, String option) {
    for (String place : places()) {
      if (row.value(place).isEmpty()) {
        throw missing(place, row, option);
      }
    }
    return fill(row, escape);
  }

  private static IllegalArgumentException missing(String place, Row row, String option) {
    if (row.fields().isEmpty()) {
      return new IllegalArgumentException(
          "lines have no columns, so there is no {"
              + place
              + "} for "
              + option
              + ": write {} for the line, or give --csv FILE, --delimiter CHAR or lines of JSON");
    }
    if (place.isEmpty()) {
      return new IllegalArgumentException(
          "lines have columns, so {} in " + option + " has no value: write {name} or {1}");
    }
    return new IllegalArgumentException(
        "there is no column \""
            + place
            + "\" for "
            + option
            + ": there are "
            + RequestReader.shortened(row.fields().propertyNames().toString()));
  }

  /**
   * Checks that the lines of an input have what it needs, by the first of them. What one object of
   * JSON has, says nothing of the others.
   *
   * @throws IllegalArgumentException if they do not
   */
  void check(Line first, String option) {
    if (first.fault().isEmpty() && !(first.columns().isEmpty() && Row.isJson(first.text()))) {
      var unused = fillAll(Row.ofText(first), UnaryOperator.identity(), option);
    }
  }

  /** Whether it has no places, so that it is the same for all lines. */
  boolean isPlain() {
    return parts.stream().noneMatch(Part::isPlace);
  }

  /** The text around its places. */
  Optional<String> plain() {
    return isPlain() ? Optional.of(parts.getFirst().text()) : Optional.empty();
  }
}
