package dev.headway.cli.fetch;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request with places for what a line says: {@code {}} for all of it, {@code {name}} for a column
 * of a table. What is filled in is never more than a value: in a URL it is percent-encoded, in a
 * body of JSON it is escaped as in a text.
 *
 * @param url of every request, as it is shown: a secret is in it by its name
 * @param method if one is given
 * @param body if there is one
 * @param secrets those that are in the URL
 */
record RequestTemplate(
    String url, Optional<String> method, Optional<String> body, Secrets secrets) {

  /** The column that all of a line is, where it is no table. */
  static final String WHOLE_LINE = "";

  /** Not {@code ${NAME}}: that is a variable of the environment. */
  private static final Pattern PLACE = Pattern.compile("(?<!\\$)\\{([^{}\"]*)}");

  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * The request, as a line of JSON says it, with its URL as it is shown.
   *
   * @param values by the names of their columns
   * @throws IllegalArgumentException if the URL has a place for a column that there is not
   */
  ObjectNode fill(Map<String, String> values) {
    ObjectNode request = JSON.createObjectNode();
    request.put("url", fill(url, values, RequestTemplate::encoded, true));
    method.ifPresent(given -> request.put("method", given));
    body.ifPresent(given -> {
      boolean json = given.stripLeading().startsWith("{") || given.stripLeading().startsWith("[");
      UnaryOperator<String> escape = json ? RequestTemplate::escaped : UnaryOperator.identity();
      String filled = fill(given, values, escape, false);
      request.set("body", json ? tree(filled) : JSON.valueToTree(filled));
    });
    String id = values.get("id");
    if (id != null && !id.isEmpty()) {
      request.put("id", id);
    }
    return request;
  }

  /**
   * What is sent of a URL that was filled in. A value of a line is never taken for a variable,
   * since it is percent-encoded.
   */
  String reveal(String shownUrl) {
    return secrets.reveal(shownUrl);
  }

  private static JsonNode tree(String filled) {
    try {
      return JSON.readTree(filled);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "--body begins like JSON and is none once it is filled in: see character "
              + e.getLocation().getColumnNr(),
          e);
    }
  }

  private static String fill(
      String template, Map<String, String> values, UnaryOperator<String> escape, boolean strict) {
    return PLACE
        .matcher(template)
        .replaceAll(place -> {
          String value = values.get(place.group(1));
          if (value == null && strict) {
            throw new IllegalArgumentException(
                "there is no column \""
                    + place.group(1)
                    + "\" for --url: there are "
                    + values.keySet());
          }
          return Matcher.quoteReplacement(value == null ? place.group() : escape.apply(value));
        });
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String escaped(String value) {
    String quoted = JSON.writeValueAsString(value);
    return quoted.substring(1, quoted.length() - 1);
  }
}
