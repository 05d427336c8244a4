package dev.headway.cli.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the data file of a preset, an object of JSON:
 *
 * <pre>
 * description  what it is for
 * baseUrl      an address such as https://api.example.com, or one that begins with ${NAME}
 * path         the path of the usual call
 * key          optional: variable, header and prefix, such as Bearer and a space
 * headers      fields of all requests
 * request      model, prompt, maxOutput: lists of JSON Pointers into the body of a request
 * usage        input, output: lists of JSON Pointers into the body of a response
 * slowDown     lists of statuses, or of /POINTER=VALUE in the body of a response
 * retryable
 * fatal
 * </pre>
 *
 * All but {@code key} must be there, and nothing else may be.
 */
final class PresetReader {

  private static final Set<String> FIELDS =
      Set.of(
          "description",
          "baseUrl",
          "path",
          "key",
          "headers",
          "request",
          "usage",
          "slowDown",
          "retryable",
          "fatal");

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

  private PresetReader() {}

  /**
   * Reads a preset.
   *
   * @throws IllegalArgumentException if the text is none; the message says which field is wrong
   */
  static Preset read(String name, String text) {
    JsonNode json = tree(text);
    requireFields("", json, FIELDS);
    JsonNode request = object(json, "request");
    requireFields("request.", request, Set.of("model", "prompt", "maxOutput"));
    JsonNode usage = object(json, "usage");
    requireFields("usage.", usage, Set.of("input", "output"));
    return new Preset(
        name,
        text(json, "description"),
        baseUrl(json),
        path(json),
        key(json),
        headers(json),
        list(request, "request.", "model", PresetReader::pointer),
        list(request, "request.", "prompt", PresetReader::pointer),
        list(request, "request.", "maxOutput", PresetReader::pointer),
        list(usage, "usage.", "input", PresetReader::pointer),
        list(usage, "usage.", "output", PresetReader::pointer),
        list(json, "", "slowDown", ResponseMatch::parse),
        list(json, "", "retryable", ResponseMatch::parse),
        list(json, "", "fatal", ResponseMatch::parse));
  }

  private static JsonNode tree(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "it is not JSON: see line "
              + e.getLocation().getLineNr()
              + ", character "
              + e.getLocation().getColumnNr(),
          e);
    }
    throw new IllegalArgumentException("it is not an object of JSON");
  }

  private static void requireFields(String before, JsonNode json, Set<String> known) {
    for (String field : json.propertyNames()) {
      if (!known.contains(field)) {
        throw new IllegalArgumentException(
            "it has a field \""
                + before
                + field
                + "\"; there are "
                + String.join(", ", sorted(known)));
      }
    }
  }

  private static List<String> sorted(Set<String> names) {
    return names.stream().sorted().toList();
  }

  private static JsonNode object(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isObject()) {
      throw new IllegalArgumentException("its \"" + field + "\" must be an object");
    }
    return value;
  }

  private static String text(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isString()) {
      throw new IllegalArgumentException("its \"" + field + "\" must be a text");
    }
    return value.stringValue();
  }

  private static String baseUrl(JsonNode json) {
    String url = text(json, "baseUrl");
    if (!url.matches("(?i)(https?://[^/?#]+|\\$\\{[^}]+})(/[^?#]*[^/?#])?")) {
      throw new IllegalArgumentException(
          "its \"baseUrl\" must begin with http://, https:// or ${NAME} and not end with a slash,"
              + " not be \""
              + url
              + "\"");
    }
    return url;
  }

  private static String path(JsonNode json) {
    String path = text(json, "path");
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException(
          "its \"path\" must begin with a slash, not be \"" + path + "\"");
    }
    return path;
  }

  private static Optional<Preset.Key> key(JsonNode json) {
    if (!json.has("key")) {
      return Optional.empty();
    }
    JsonNode key = object(json, "key");
    requireFields("key.", key, Set.of("variable", "header", "prefix"));
    return Optional.of(
        new Preset.Key(text(key, "variable"), text(key, "header"), text(key, "prefix")));
  }

  private static Map<String, String> headers(JsonNode json) {
    JsonNode headers = object(json, "headers");
    Map<String, String> byName = new LinkedHashMap<>();
    headers.propertyNames().forEach(name -> byName.put(name, text(headers, name)));
    return byName;
  }

  private static <T> List<T> list(
      JsonNode json, String before, String field, Function<String, T> read) {
    JsonNode values = json.path(field);
    if (!values.isArray()) {
      throw new IllegalArgumentException("its \"" + before + field + "\" must be a list of texts");
    }
    List<T> all = new ArrayList<>();
    for (JsonNode value : values) {
      if (!value.isString()) {
        throw new IllegalArgumentException(
            "its \"" + before + field + "\" must be a list of texts, not have " + value);
      }
      try {
        all.add(read.apply(value.stringValue()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "in its \"" + before + field + "\": " + e.getMessage(), e);
      }
    }
    return all;
  }

  private static JsonPointer pointer(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a JSON Pointer, such as /usage/input_tokens");
    }
    return JsonPointer.compile(text);
  }
}
