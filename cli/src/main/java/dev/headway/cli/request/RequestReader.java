package dev.headway.cli.request;

import static java.util.stream.Collectors.joining;

import dev.headway.cli.model.ModelCall;
import dev.headway.cli.text.Excerpt;
import dev.headway.limit.Cost;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Turns a line into a request: a URL, or a JSON object with {@code url} and, if wanted, {@code id},
 * {@code method}, {@code headers}, {@code body} and {@code cost}. Other fields are carried to the
 * result.
 */
public final class RequestReader {

  /** What tells requests to one URL apart. */
  private static final List<String> CONTENT = List.of("id", "method", "headers", "body");

  private final Duration timeout;
  private final boolean http2;
  private final RequestDefaults defaults;
  private final RequestCost costs;

  /**
   * Prepares to read.
   *
   * @param timeout how long a request may take
   * @param http2 whether to ask servers without TLS for HTTP/2
   * @param budgets what a cost may be in, besides permits
   * @param defaults what all requests have in common
   */
  public RequestReader(
      Duration timeout, boolean http2, Set<String> budgets, RequestDefaults defaults) {
    this.timeout = timeout;
    this.http2 = http2;
    this.defaults = defaults;
    this.costs = new RequestCost(budgets, defaults.costs());
  }

  /** The requests of lines, each read when it is asked for. */
  public Iterator<Request> readAll(Iterator<Line> lines) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return lines.hasNext();
      }

      @Override
      public Request next() {
        return read(lines.next());
      }
    };
  }

  /**
   * Checks that lines have the columns that all requests need, by the first of them.
   *
   * @param format how they are read
   * @throws IllegalArgumentException if they do not
   */
  public void check(ReadAhead lines, LineFormat format) {
    if (defaults.namesColumns() || format.hasColumns()) {
      lines.peek().ifPresent(defaults::check);
    }
  }

  /** A line's request; one that cannot be read says which line it is and why. */
  public Request read(Line line) {
    Optional<Object> id = Optional.empty();
    Map<String, JsonNode> carried = new LinkedHashMap<>();
    if (line.fault().isPresent()) {
      return Request.unreadable(line, id, carried, line.fault().get());
    }
    try {
      RequestDefaults.Asked asked = defaults.read(line);
      JsonNode json = asked.request();
      asked.carried().properties().forEach(each -> carried.put(each.getKey(), each.getValue()));
      id = id(json).or(() -> customId(carried));
      if (defaults.template().isEmpty()) {
        carried.keySet().forEach(RequestReader::refuseMisspelt);
      }
      String url = defaults.onBase(url(json));
      HttpRequest http = request(asked.row(), json, url);
      Optional<ModelCall> call = defaults.meter().map(meter -> meter.call(json.path("body")));
      Cost stated = costs.of(json);
      Cost cost =
          call.map(asks -> defaults.meter().orElseThrow().cost(stated, asks)).orElse(stated);
      return new Request(
          line,
          content(line, asked),
          id,
          line.number(),
          url,
          carried,
          cost,
          call,
          Optional.of(http),
          Optional.empty());
    } catch (JacksonException e) {
      return Request.unreadable(line, id, carried, RequestDefaults.notJson(e));
    } catch (IllegalArgumentException e) {
      return Request.unreadable(line, id, carried, String.valueOf(e.getMessage()));
    }
  }

  private static void refuseMisspelt(String field) {
    RequestFields.meant(field)
        .ifPresent(meant -> {
          throw new IllegalArgumentException(
              "\"" + shortened(field) + "\" is no field of a request: did you mean " + meant + "?");
        });
  }

  /** Of a template's request it is what the line fills in, which has no secrets. */
  private String content(Line line, RequestDefaults.Asked asked) {
    JsonNode json = asked.request();
    JsonNode url = json.path("url");
    if (defaults.template().isPresent()) {
      return url + " " + RequestDefaults.JSON.valueToTree(line.columns()) + " " + line.text();
    }
    String carried = asked.carried().isEmpty() ? "" : " " + asked.carried();
    return url + CONTENT.stream().map(field -> " " + json.path(field)).collect(joining()) + carried;
  }

  private static Optional<Object> id(JsonNode json) {
    JsonNode id = json.path("id");
    if (id.isMissingNode() || id.isNull()) {
      return Optional.empty();
    }
    if (id.isString() || id.isNumber()) {
      return Optional.of(id.isString() ? id.stringValue() : id.numberValue());
    }
    throw new IllegalArgumentException("its id must be a text or a number, not " + shown(id));
  }

  /** The id of a line in the form of OpenAI's Batch API. */
  private static Optional<Object> customId(Map<String, JsonNode> carried) {
    return Optional.ofNullable(carried.get("custom_id"))
        .filter(JsonNode::isString)
        .map(JsonNode::stringValue);
  }

  private HttpRequest.Builder request(URI uri) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(timeout);
    if (!http2 && "http".equalsIgnoreCase(uri.getScheme())) {
      builder.version(Version.HTTP_1_1);
    }
    return builder;
  }

  /** The URL as it is shown. */
  private static String url(JsonNode json) {
    JsonNode url = json.path("url");
    if (url.isMissingNode()) {
      throw new IllegalArgumentException("it has no url");
    }
    if (!url.isString()) {
      throw new IllegalArgumentException("its url must be a text, not " + shown(url));
    }
    return url.stringValue().strip();
  }

  private HttpRequest request(Row row, JsonNode json, String url) {
    URI uri = RequestUrl.parse(url, defaults::reveal);
    HttpRequest.Builder builder = request(uri);
    boolean typed = addHeaders(builder, json.path("headers"), row, uri.getHost());
    JsonNode body = json.path("body");
    String method = method(json.path("method"), body);
    try {
      setMethod(builder, method, body);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "its method \"" + shortened(method) + "\" is not one that can be sent", e);
    }
    if (!typed && (body.isObject() || body.isArray())) {
      builder.setHeader("Content-Type", "application/json");
    }
    defaults
        .form()
        .map(form -> form.fill(row))
        .ifPresent(form ->
            builder.setHeader("Content-Type", form.mediaType().toString()).method(method, form));
    return builder.build();
  }

  private static String method(JsonNode method, JsonNode body) {
    if (method.isMissingNode() || method.isNull()) {
      return body.isMissingNode() || body.isNull() ? "GET" : "POST";
    }
    if (!method.isString()) {
      throw new IllegalArgumentException("its method must be a text, not " + shown(method));
    }
    return method.stringValue().toUpperCase(Locale.ROOT);
  }

  /**
   * Sets the method and the body. The JDK's client sends a {@code Content-Length} of 0 for an empty
   * body, which some servers refuse with GET and DELETE, and none where there is no body at all.
   */
  private static void setMethod(HttpRequest.Builder builder, String method, JsonNode body) {
    if (!body.isMissingNode() && !body.isNull()) {
      builder.method(method, publisher(body));
      return;
    }
    switch (method) {
      case "GET" -> builder.GET();
      case "HEAD" -> builder.HEAD();
      case "DELETE" -> builder.DELETE();
      default -> builder.method(method, BodyPublishers.noBody());
    }
  }

  /** A text is sent as it is, anything else as JSON. */
  private static BodyPublisher publisher(JsonNode body) {
    return BodyPublishers.ofString(
        body.isString() ? body.stringValue() : RequestDefaults.JSON.writeValueAsString(body));
  }

  /** Adds the headers, and says whether they give the body's type. */
  private boolean addHeaders(HttpRequest.Builder builder, JsonNode headers, Row row, String host) {
    Map<String, String> own = own(headers);
    own.forEach((name, value) -> addHeader(builder, name, value));
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(own.keySet());
    defaults
        .headers()
        .forEach((name, value) -> {
          if (names.add(name)) {
            addHeader(
                builder, name, value.fillAll(row, UnaryOperator.identity(), "--header " + name));
          }
        });
    if (!names.contains("Authorization")) {
      defaults
          .netrc()
          .authorization(host)
          .ifPresent(value -> builder.header("Authorization", value));
    }
    return names.contains("Content-Type");
  }

  private static Map<String, String> own(JsonNode headers) {
    if (headers.isMissingNode() || headers.isNull()) {
      return Map.of();
    }
    if (!headers.isObject()) {
      throw new IllegalArgumentException(
          "its headers must be an object of names and texts, such as {\"Accept\": \"text/plain\"}");
    }
    Map<String, String> own = new LinkedHashMap<>();
    headers
        .properties()
        .forEach(header -> {
          if (header.getValue().isContainer() || header.getValue().isNull()) {
            throw new IllegalArgumentException(
                "its header \"" + shortened(header.getKey()) + "\" must be a text");
          }
          own.put(header.getKey(), header.getValue().asString());
        });
    return own;
  }

  private static void addHeader(HttpRequest.Builder builder, String name, String value) {
    CommonHeaders.fault(name, value)
        .ifPresent(fault -> {
          throw new IllegalArgumentException("its header \"" + shortened(name) + "\" " + fault);
        });
    builder.header(name, value);
  }

  static String shown(JsonNode json) {
    return shortened(json.toString());
  }

  static String shortened(String text) {
    return Excerpt.of(text, 100);
  }
}
