package dev.headway.cli.vendor;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request as a server sees it.
 *
 * @param number its place in the order of arrival, from 1
 * @param method the method
 * @param path the path, without the query
 * @param fields the first value of each header field, by its name in lower case
 * @param body the body as text
 * @param nanos the time, which never goes backwards
 * @param at the same time by the server's clock
 */
public record VendorRequest(
    long number,
    String method,
    String path,
    Map<String, String> fields,
    String body,
    long nanos,
    Instant at) {

  private static final JsonMapper JSON = JsonMapper.shared();

  /** The value of a header field, or an empty text. */
  String field(String name) {
    return fields.getOrDefault(name, "");
  }

  /** The body as a JSON object, if it is one. */
  Optional<JsonNode> json() {
    try {
      return Optional.of(JSON.readTree(body)).filter(JsonNode::isObject);
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }
}
