package dev.headway.cli.fetch;

import dev.headway.cli.lines.Line;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What all requests have in common.
 *
 * @param template what lines fill in, if they are not requests themselves
 * @param table whether each line is a row of a table, as a JSON object of texts
 * @param headers values by name
 * @param costs where in a request's body amounts of budgets stand
 */
record Shape(
    Optional<RequestTemplate> template,
    boolean table,
    Map<String, String> headers,
    List<Pointed> costs) {

  /** Nothing. */
  static final Shape NONE = new Shape(Optional.empty(), false, Map.of(), List.of());

  /** Numbers stay as they are written, and what is said twice is not guessed at. */
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /**
   * A line as the JSON of a request, with its URL as it is shown.
   *
   * @throws JacksonException if it is none
   * @throws IllegalArgumentException if the template cannot be filled in
   */
  JsonNode request(String text) {
    if (template.isPresent()) {
      return template.get().fill(values(text));
    }
    return isJson(text) ? JSON.readTree(text) : JSON.createObjectNode().put("url", text.strip());
  }

  /** What is sent of a URL that is shown. */
  String reveal(String shownUrl) {
    return template.map(given -> given.reveal(shownUrl)).orElse(shownUrl);
  }

  private static boolean isJson(String text) {
    return text.stripLeading().startsWith("{");
  }

  /**
   * A line that says by itself what this makes of it. What is JSON stays as it is, be it a request
   * or not.
   */
  Line complete(Line line) {
    if (line.fault().isPresent() || (template.isEmpty() && isJson(line.text()))) {
      return line;
    }
    try {
      String complete = JSON.writeValueAsString(request(line.text()));
      return new Line(line.number(), complete, Optional.empty());
    } catch (JacksonException e) {
      return new Line(line.number(), "", Optional.of(notJson(e)));
    } catch (IllegalArgumentException e) {
      return new Line(line.number(), "", Optional.ofNullable(e.getMessage()));
    }
  }

  /** What a line has for the places of a template. */
  private Map<String, String> values(String text) {
    if (!table) {
      return Map.of(RequestTemplate.WHOLE_LINE, text.strip());
    }
    Map<String, String> values = new LinkedHashMap<>();
    JSON.readTree(text).properties().forEach(e -> values.put(e.getKey(), e.getValue().asString()));
    return values;
  }

  /**
   * In our own words, since Jackson's may quote what they tripped over, and that may be a secret.
   */
  static String notJson(JacksonException failure) {
    if (failure instanceof UnexpectedEndOfInputException) {
      return "it is not JSON: it ends too early";
    }
    int column = failure.getLocation().getColumnNr();
    return failure.getOriginalMessage().startsWith("Duplicate")
        ? "it has the same field twice: see character " + column
        : "it is not one JSON object: see character " + column;
  }
}
