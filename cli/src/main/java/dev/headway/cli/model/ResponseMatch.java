package dev.headway.cli.model;

import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * Which responses are meant: those with a status, or those whose body has a value at a place.
 *
 * @param status the status, 100 to 599; empty if a place is given
 * @param pointer the place (JSON Pointer, RFC 6901); empty if a status is given
 * @param value the text or number at the place
 */
public record ResponseMatch(OptionalInt status, Optional<JsonPointer> pointer, String value) {

  /**
   * Reads {@code 529} or {@code /error/type=overloaded_error}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  static ResponseMatch parse(String text) {
    if (text.matches("[1-5]\\d\\d")) {
      return new ResponseMatch(OptionalInt.of(Integer.parseInt(text)), Optional.empty(), "");
    }
    int equals = text.indexOf('=');
    if (!text.startsWith("/") || equals < 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is neither a status, such as 529, nor /POINTER=VALUE");
    }
    return new ResponseMatch(
        OptionalInt.empty(),
        Optional.of(JsonPointer.compile(text.substring(0, equals))),
        text.substring(equals + 1));
  }

  /** Whether a response is meant. */
  boolean fits(int actual, JsonNode body) {
    if (pointer.isEmpty()) {
      return status.isPresent() && status.getAsInt() == actual;
    }
    JsonNode found = body.at(pointer.get());
    return found.isValueNode() && found.asString("").equals(value);
  }

  @Override
  public String toString() {
    return pointer.isPresent() ? pointer.get() + "=" + value : Integer.toString(status.orElse(0));
  }
}
