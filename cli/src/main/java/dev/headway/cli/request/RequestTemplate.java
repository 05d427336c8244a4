package dev.headway.cli.request;

import dev.headway.cli.option.InputOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
 * @param form the fields of a form, if it is one
 * @param secrets those that are in the URL
 */
record RequestTemplate(
    String url,
    Optional<String> method,
    Optional<String> body,
    Optional<FormTemplate> form,
    Secrets secrets) {

  /** Not {@code ${NAME}}: that is a variable of the environment. */
  private static final Pattern PLACE = Pattern.compile("(?<!\\$)\\{([^{}\"]*)}");

  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * The template that options give, if they do.
   *
   * @param argument the one URL to fetch, if it is an argument
   * @throws IllegalArgumentException if they contradict each other
   */
  static Optional<RequestTemplate> of(
      InputOptions options, Optional<String> argument, Secrets secrets) {
    if (argument.isPresent() && options.url().isPresent()) {
      throw new IllegalArgumentException("both a URL and --url are given: write one of them");
    }
    Optional<String> url = options.url().or(() -> argument);
    if (url.isEmpty() && (options.method().isPresent() || hasBody(options))) {
      throw new IllegalArgumentException(
          (options.method().isPresent()
                  ? "--method"
                  : options.body().isPresent() ? "--body" : "--form")
              + " needs --url: lines have their own");
    }
    if (options.body().isPresent() && !options.form().isEmpty()) {
      throw new IllegalArgumentException("both --body and --form are given: write one of them");
    }
    Optional<FormTemplate> form =
        Optional.of(options.form())
            .filter(fields -> !fields.isEmpty())
            .map(fields -> FormTemplate.of(fields.stream().map(secrets::expand).toList()));
    return url.map(given ->
        new RequestTemplate(
            secrets.address(given),
            options.method().or(() -> form.map(fields -> "POST")),
            options.body().map(secrets::expand),
            form,
            secrets));
  }

  private static boolean hasBody(InputOptions options) {
    return options.body().isPresent() || !options.form().isEmpty();
  }

  /**
   * The request that a line makes, as JSON, with its URL as it is shown.
   *
   * @throws IllegalArgumentException if the URL has a place for a column that the line does not
   *     have
   */
  ObjectNode fill(Line line) {
    ObjectNode request = JSON.createObjectNode();
    request.put("url", fill(url, line, RequestTemplate::encoded, true));
    method.ifPresent(given -> request.put("method", given));
    body.ifPresent(given -> {
      boolean json = given.stripLeading().startsWith("{") || given.stripLeading().startsWith("[");
      UnaryOperator<String> escape = json ? RequestTemplate::escaped : UnaryOperator.identity();
      String filled = fill(given, line, escape, false);
      request.set("body", json ? tree(filled) : JSON.valueToTree(filled));
    });
    String id = line.columns().getOrDefault("id", "");
    if (!id.isEmpty()) {
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
      String template, Line line, UnaryOperator<String> escape, boolean strict) {
    return PLACE
        .matcher(template)
        .replaceAll(place -> {
          Optional<String> value = value(line, place.group(1));
          if (value.isEmpty() && strict) {
            throw new IllegalArgumentException(
                "there is no column \""
                    + place.group(1)
                    + "\" for --url: there are "
                    + line.columns().keySet());
          }
          return Matcher.quoteReplacement(value.map(escape).orElse(place.group()));
        });
  }

  /** A text with what a line has for its places. */
  static String fillPlain(String template, Line line) {
    return fill(template, line, UnaryOperator.identity(), false);
  }

  private static Optional<String> value(Line line, String column) {
    return column.isEmpty() && line.columns().isEmpty()
        ? Optional.of(line.text().strip())
        : line.column(column);
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String escaped(String value) {
    String quoted = JSON.writeValueAsString(value);
    return quoted.substring(1, quoted.length() - 1);
  }
}
