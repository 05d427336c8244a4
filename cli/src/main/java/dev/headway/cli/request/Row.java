package dev.headway.cli.request;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a line has for the places of templates.
 *
 * @param line the line itself, for {@code {}}
 * @param fields the columns of a table, or the fields of a JSON object; empty if it is only a text
 */
record Row(Line line, ObjectNode fields) {

  /**
   * Reads a row of a table, an object of JSON, or a text.
   *
   * @throws JacksonException if it begins like an object and is none
   */
  static Row of(Line line) {
    if (line.columns().isEmpty() && isJson(line.text())) {
      return new Row(line, (ObjectNode) RequestDefaults.JSON.readTree(line.text()));
    }
    return ofText(line);
  }

  /** Reads a row of a table, or a text, whatever that is. */
  static Row ofText(Line line) {
    return new Row(line, RequestDefaults.JSON.valueToTree(line.columns()));
  }

  /** Whether a text begins like an object of JSON. */
  static boolean isJson(String text) {
    return text.stripLeading().startsWith("{");
  }

  /**
   * The value of a place: of the whole line, of a column by its name or number, of a field by its
   * name or JSON Pointer. An object or a list is its JSON. Empty if there is none.
   */
  Optional<String> value(String place) {
    if (place.isEmpty() && line.columns().isEmpty()) {
      return Optional.of(line.text().strip());
    }
    JsonNode field =
        place.startsWith("/") ? fields.at(JsonPointer.compile(place)) : fields.path(place);
    if (field.isMissingNode() || field.isNull()) {
      return line.column(place);
    }
    return Optional.of(field.isContainer() ? field.toString() : field.asString());
  }
}
