package dev.headway.cli.request;

import dev.headway.cli.option.CostPointer;
import dev.headway.cli.option.InputOptions;
import dev.headway.cli.option.RequestOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
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
 * @param headers values by name
 * @param costs where in a request's body amounts of budgets stand
 * @param netrc who to be to hosts
 */
public record RequestDefaults(
    Optional<RequestTemplate> template,
    Map<String, String> headers,
    List<CostPointer> costs,
    Netrc netrc) {

  RequestDefaults(
      Optional<RequestTemplate> template, Map<String, String> headers, List<CostPointer> costs) {
    this(template, headers, costs, Netrc.NONE);
  }

  /** Nothing. */
  static final RequestDefaults NONE = new RequestDefaults(Optional.empty(), Map.of(), List.of());

  /**
   * What options say.
   *
   * @param url the one URL to fetch, if it is an argument
   * @param exposed gets the name of each private header whose value is on the command line
   * @throws IllegalArgumentException if the options contradict each other or cannot be read
   */
  public static RequestDefaults of(
      InputOptions input,
      Optional<String> url,
      RequestOptions options,
      Secrets secrets,
      Consumer<String> exposed) {
    Optional<RequestTemplate> template = RequestTemplate.of(input, url, secrets);
    CommonHeaders headers = new CommonHeaders(secrets);
    options.headerFile().ifPresent(headers::addAll);
    options.user().ifPresent(headers::addUser);
    options.headers().forEach(headers::add);
    headers.exposed().forEach(exposed);
    Netrc netrc = options.netrc().map(file -> Netrc.read(file, secrets)).orElse(Netrc.NONE);
    return new RequestDefaults(template, headers.byName(), options.costs(), netrc);
  }

  /**
   * What makes lines complete requests in JSON, for fetch without these options.
   *
   * @throws IllegalArgumentException if the options contradict each other, or a secret would become
   *     part of requests
   */
  public static UnaryOperator<Line> completing(InputOptions input, Secrets secrets) {
    refuseSecrets("--url", input.url().map(secrets::withBase));
    refuseSecrets("--body", input.body());
    if (!input.form().isEmpty()) {
      throw new IllegalArgumentException("--form cannot be put into a queue: write --body");
    }
    return new RequestDefaults(
            RequestTemplate.of(input, Optional.empty(), secrets), Map.of(), List.of())
        ::complete;
  }

  private static void refuseSecrets(String option, Optional<String> given) {
    if (given.filter(Secrets::areIn).isPresent()) {
      throw new IllegalArgumentException(
          option
              + " has ${…}, which would be kept where others can read it: leave it to fetch, with"
              + " --header");
    }
  }

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
  JsonNode request(Line line) {
    if (template.isPresent()) {
      return template.get().fill(line);
    }
    if (!line.columns().isEmpty()) {
      return JSON.valueToTree(line.columns());
    }
    String text = line.text();
    return isJson(text) ? JSON.readTree(text) : JSON.createObjectNode().put("url", text.strip());
  }

  /** The form that lines fill in, if they do. */
  Optional<FormTemplate> form() {
    return template.flatMap(RequestTemplate::form);
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
    boolean isRequest = template.isEmpty() && line.columns().isEmpty() && isJson(line.text());
    if (line.fault().isPresent() || isRequest) {
      return line;
    }
    try {
      return Line.of(line.number(), JSON.writeValueAsString(request(line)));
    } catch (JacksonException e) {
      return Line.faulty(line.number(), notJson(e));
    } catch (IllegalArgumentException e) {
      return Line.faulty(line.number(), String.valueOf(e.getMessage()));
    }
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
