package dev.headway.cli.request;

import dev.headway.cli.model.Preset;
import dev.headway.cli.model.TokenMeter;
import dev.headway.cli.option.CostPointer;
import dev.headway.cli.option.InputOptions;
import dev.headway.cli.option.RequestOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What all requests have in common.
 *
 * @param template what lines fill in, if they are not requests themselves
 * @param baseUrl what the URLs of lines follow that have no scheme; as it is shown, or empty
 * @param headers values by name
 * @param costs where in a request's body amounts of budgets stand
 * @param netrc who to be to hosts
 * @param meter estimates the tokens of calls of a language model, if requests are that
 */
public record RequestDefaults(
    Optional<RequestTemplate> template,
    BaseUrl baseUrl,
    Map<String, TextTemplate> headers,
    List<CostPointer> costs,
    Netrc netrc,
    Optional<TokenMeter> meter) {

  /** A template alone, if there is one. */
  static RequestDefaults of(Optional<RequestTemplate> template) {
    return new RequestDefaults(
        template, BaseUrl.NONE, Map.of(), List.of(), Netrc.NONE, Optional.empty());
  }

  /** Nothing. */
  static final RequestDefaults NONE = of(Optional.empty());

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
    boolean authorizes = headers.byName().containsKey("Authorization");
    if (options.tokenCommand().isPresent() && (authorizes || options.netrc().isPresent())) {
      throw new IllegalArgumentException(
          "--token-command fills Authorization, and so does another option: write one of them");
    }
    Netrc netrc = options.netrc().map(file -> Netrc.read(file, secrets)).orElse(Netrc.NONE);
    BaseUrl base = BaseUrl.of(input, secrets);
    return new RequestDefaults(
        template, base, headers.byName(), options.costs(), netrc, Optional.empty());
  }

  /**
   * The same for calls of a language model: with the headers of its vendor where there are no
   * others.
   *
   * @param meter estimates their tokens
   * @param authorized whether something else is the key
   * @throws IllegalArgumentException if the variable with the key is not in the environment
   */
  public RequestDefaults calling(
      Preset preset, TokenMeter meter, boolean authorized, Secrets secrets) {
    CommonHeaders all = new CommonHeaders(secrets);
    preset.headers().forEach((name, value) -> all.add(name + ": " + value));
    preset
        .key()
        .filter(key -> !authorized && !headers.containsKey(key.header()))
        .ifPresent(key -> addKey(all, key, preset.name()));
    all.byName().putAll(headers);
    return new RequestDefaults(template, baseUrl, all.byName(), costs, netrc, Optional.of(meter));
  }

  private static void addKey(CommonHeaders headers, Preset.Key key, String preset) {
    try {
      headers.add(key.header() + ": " + key.prefix() + "${" + key.variable() + "}");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--preset "
              + preset
              + " takes the key from the variable "
              + key.variable()
              + ": set it, or give --header '"
              + key.header()
              + ": …'",
          e);
    }
  }

  /**
   * What makes lines complete requests in JSON, for fetch without these options.
   *
   * @throws IllegalArgumentException if the options contradict each other, or a secret would become
   *     part of requests
   */
  public static UnaryOperator<Line> completing(InputOptions input, Secrets secrets) {
    refuseSecrets("--url", input.url().map(secrets::withBase));
    refuseSecrets("--base-url", input.baseUrl().map(secrets::withBase));
    refuseSecrets("--body", input.body());
    if (!input.form().isEmpty()) {
      throw new IllegalArgumentException("--form cannot be put into a queue: write --body");
    }
    return new RequestDefaults(
            RequestTemplate.of(input, Optional.empty(), secrets),
            BaseUrl.of(input, secrets),
            Map.of(),
            List.of(),
            Netrc.NONE,
            Optional.empty())
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
   * What a line asks for.
   *
   * @param request the fields of a request, with its URL as it is shown
   * @param carried the other fields of the line
   * @param row what the line has for places
   */
  record Asked(ObjectNode request, ObjectNode carried, Row row) {}

  /**
   * Reads a line.
   *
   * @throws JacksonException if it begins like JSON and is none
   * @throws IllegalArgumentException if the template cannot be filled in
   */
  Asked read(Line line) {
    if (template.isPresent()) {
      Row row = namesColumns() ? Row.of(line) : Row.ofText(line);
      ObjectNode rest = row.fields().deepCopy();
      rest.remove(places());
      rest.remove("id");
      return new Asked(template.get().fill(row), rest, row);
    }
    Row row = Row.of(line);
    if (row.fields().isEmpty() && !Row.isJson(line.text())) {
      ObjectNode url = JSON.createObjectNode().put("url", line.text().strip());
      return new Asked(url, JSON.createObjectNode(), row);
    }
    ObjectNode request = JSON.createObjectNode();
    ObjectNode rest = JSON.createObjectNode();
    row.fields()
        .properties()
        .forEach(field ->
            (RequestFields.isKnown(field.getKey()) ? request : rest)
                .set(field.getKey(), field.getValue()));
    if (!line.columns().isEmpty()) {
      request.removeIf(value -> value.asString().isBlank());
    }
    return new Asked(request, rest, row);
  }

  /** The names of all places, in headers too. */
  private Set<String> places() {
    Set<String> places = new HashSet<>();
    headers.values().forEach(value -> places.addAll(value.places()));
    template.ifPresent(given -> places.addAll(given.places()));
    return places;
  }

  /** Whether lines must have columns or fields of certain names. */
  public boolean namesColumns() {
    return places().stream().anyMatch(place -> !place.isEmpty());
  }

  /**
   * Checks that lines have what all requests need, by the first of them.
   *
   * @throws IllegalArgumentException if they do not
   */
  public void check(Line first) {
    template.ifPresent(given -> given.check(first));
    headers.forEach((name, value) -> value.check(first, "--header " + name));
  }

  /** The form that lines fill in, if they do. */
  Optional<FormTemplate> form() {
    return template.flatMap(RequestTemplate::form);
  }

  /** The URL of a line, with the base address where it has none of its own. */
  String onBase(String url) {
    return template.isPresent() ? url : baseUrl.join(url);
  }

  /** What is sent of a URL that is shown. */
  String reveal(String shownUrl) {
    return template.map(given -> given.reveal(shownUrl)).orElseGet(() -> baseUrl.reveal(shownUrl));
  }

  /**
   * A line that says by itself what this makes of it. What is JSON stays as it is, be it a request
   * or not.
   */
  Line complete(Line line) {
    boolean isRequest = template.isEmpty() && line.columns().isEmpty() && Row.isJson(line.text());
    if (line.fault().isPresent() || (isRequest && baseUrl.isNone())) {
      return line;
    }
    try {
      Asked asked = read(line);
      ObjectNode whole = asked.request();
      JsonNode url = whole.path("url");
      if (url.isString()) {
        whole.put("url", onBase(url.stringValue()));
      }
      asked.carried().properties().stream()
          .filter(field -> isRequest || RequestFields.maySay(field.getKey()))
          .forEach(field -> whole.set(field.getKey(), field.getValue()));
      return Line.of(line.number(), JSON.writeValueAsString(whole));
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
