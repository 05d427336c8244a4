package dev.headway.cli.request;

import dev.headway.cli.option.InputOptions;
import dev.headway.cli.text.FileErrors;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request with places for what a line has. What is filled in is never more than a value: in a URL
 * it is percent-encoded, in a body of JSON it is escaped as in a text.
 *
 * @param url of every request, as it is shown: a secret is in it by its name
 * @param argument whether the URL is an argument of the command, so that there are no lines
 * @param method if one is given
 * @param body if there is one
 * @param isJson whether that is JSON
 * @param form the fields of a form, if it is one
 * @param secrets those that are in the URL
 */
record RequestTemplate(
    TextTemplate url,
    boolean argument,
    Optional<String> method,
    Optional<TextTemplate> body,
    boolean isJson,
    Optional<FormTemplate> form,
    Secrets secrets) {

  private static final JsonMapper JSON = JsonMapper.shared();

  /** A URL alone. */
  static RequestTemplate ofUrl(String url, Secrets secrets) {
    return new RequestTemplate(
        TextTemplate.of(secrets.address(url), UnaryOperator.identity()),
        false,
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        secrets);
  }

  /**
   * The template that options give, if they do.
   *
   * @param argument the one URL to fetch, if it is an argument
   * @throws IllegalArgumentException if they contradict each other
   */
  static Optional<RequestTemplate> of(
      InputOptions options, Optional<String> argument, Secrets secrets) {
    check(options, argument);
    Optional<String> url = options.url().map(options::onBase).or(() -> argument);
    if (url.isEmpty()) {
      return Optional.empty();
    }
    Optional<FormTemplate> form =
        Optional.of(options.form())
            .filter(fields -> !fields.isEmpty())
            .map(fields -> FormTemplate.of(fields, secrets));
    Optional<String> body = options.body().map(RequestTemplate::content);
    boolean isJson = body.filter(RequestTemplate::looksLikeJson).isPresent();
    UnaryOperator<String> escape = isJson ? RequestTemplate::escaped : UnaryOperator.identity();
    RequestTemplate template =
        new RequestTemplate(
            TextTemplate.of(secrets.address(url.get()), UnaryOperator.identity()),
            argument.isPresent(),
            options.method().or(() -> form.map(fields -> "POST")),
            body.map(given -> secrets.template(given, escape)),
            isJson,
            form,
            secrets);
    template.checkUrl();
    return Optional.of(template);
  }

  private static void check(InputOptions options, Optional<String> argument) {
    if (argument.isPresent() && options.url().isPresent()) {
      throw new IllegalArgumentException("both a URL and --url are given: write one of them");
    }
    boolean hasUrl = argument.isPresent() || options.url().isPresent();
    if (!hasUrl && options.method().isPresent()) {
      throw needsUrl("--method");
    }
    if (!hasUrl && options.body().isPresent()) {
      throw needsUrl("--body");
    }
    if (!hasUrl && !options.form().isEmpty()) {
      throw needsUrl("--form");
    }
    if (options.body().isPresent() && !options.form().isEmpty()) {
      throw new IllegalArgumentException("both --body and --form are given: write one of them");
    }
  }

  private static IllegalArgumentException needsUrl(String option) {
    return new IllegalArgumentException(option + " needs --url: lines have their own");
  }

  /** A body as it is given, or, after @, the text of a file. */
  private static String content(String body) {
    if (!body.startsWith("@")) {
      return body;
    }
    Path file = Path.of(body.substring(1));
    try {
      return Files.readString(file);
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException(
          "--body: \"" + file + "\" is not UTF-8 text: --form sends any file", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "--body: cannot read \"" + file + "\": " + FileErrors.reason(e), e);
    }
  }

  /** A place at the begin is none of JSON. */
  private static boolean looksLikeJson(String body) {
    TextTemplate template = TextTemplate.of(body, UnaryOperator.identity());
    String text = template.parts().getFirst().text().stripLeading();
    return text.startsWith("{") || text.startsWith("[");
  }

  /** Any value does for a place, but those of a host or a port, which only lines know. */
  private void checkUrl() {
    if (url.parts().getFirst().text().isBlank()) {
      throw new IllegalArgumentException(
          "--url must begin with http:// or https://: what replaces a place is percent-encoded."
              + " Lines and a column url may hold whole URLs");
    }
    StringBuilder shown = new StringBuilder();
    for (TextTemplate.Part part : url.parts()) {
      boolean inHost = part.isPlace() && !shown.toString().matches("[^/?#]*://[^/?#]+[/?#].*");
      if (inHost && !argument) {
        return;
      }
      shown.append(part.isPlace() ? "{" + part.text() + "}" : part.text());
    }
    var unused = RequestUrl.parse(shown.toString(), this::reveal);
  }

  /**
   * Checks that lines have what all requests need, by the first of them.
   *
   * @throws IllegalArgumentException if they do not
   */
  void check(Line first) {
    if (!argument) {
      url.check(first, "--url");
    }
  }

  /** The names of all places. */
  Set<String> places() {
    Set<String> places = new HashSet<>(url.places());
    body.ifPresent(text -> places.addAll(text.places()));
    form.ifPresent(fields -> places.addAll(fields.places()));
    return places;
  }

  /**
   * The request that a line makes, as JSON, with its URL as it is shown.
   *
   * @throws IllegalArgumentException if the URL has a place for a column that the line does not
   *     have
   */
  ObjectNode fill(Row row) {
    ObjectNode request = JSON.createObjectNode();
    request.put(
        "url",
        argument
            ? url.fill(row, RequestTemplate::encoded)
            : url.fillAll(row, RequestTemplate::encoded, "--url"));
    method.ifPresent(given -> request.put("method", given));
    body.ifPresent(given -> {
      String filled = given.fill(row, isJson ? RequestTemplate::escaped : UnaryOperator.identity());
      request.set("body", isJson ? tree(filled) : JSON.valueToTree(filled));
    });
    JsonNode id = row.fields().path("id");
    if (!id.isMissingNode() && !id.isNull() && !id.asString("").isEmpty()) {
      request.set("id", id);
    }
    return request;
  }

  /**
   * What is sent of a URL that was filled in. A value of a line is never taken for a variable,
   * since it is percent-encoded.
   */
  String reveal(String shownUrl) {
    return secrets.revealUrl(shownUrl);
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

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String escaped(String value) {
    String quoted = JSON.writeValueAsString(value);
    return quoted.substring(1, quoted.length() - 1);
  }
}
