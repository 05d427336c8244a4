package dev.headway.cli.option;

import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a body in JSON has somewhere.
 *
 * @param pointer a JSON pointer (RFC 6901)
 * @param value the text, number, true or false that is there; anything but null or false if empty
 */
public record BodyCondition(JsonPointer pointer, Optional<String> value) {

  private static final JsonMapper JSON = JsonMapper.shared();

  /** Whether a text is JSON that has it. */
  public boolean holdsFor(String body) {
    try {
      JsonNode found = JSON.readTree(body).at(pointer);
      return value.isPresent()
          ? found.isValueNode() && found.asString("null").equals(value.get())
          : !found.isMissingNode() && !found.isNull() && !(found.isBoolean() && !found.asBoolean());
    } catch (JacksonException notJson) {
      return false;
    }
  }

  /** Such as {@code false at /ok}. */
  @Override
  public String toString() {
    return value.map("\"%s\" at "::formatted).orElse("something at ") + pointer;
  }

  /** Reads {@code /pointer} or {@code /pointer=value}. */
  static final class Converter implements ITypeConverter<BodyCondition> {
    @Override
    public BodyCondition convert(String text) {
      if (!text.startsWith("/")) {
        throw new TypeConversionException(
            "\"" + text + "\" is not /POINTER or /POINTER=VALUE, such as /error=ratelimited");
      }
      String[] parts = text.split("=", 2);
      return new BodyCondition(
          JsonPointer.compile(parts[0]),
          parts.length > 1 ? Optional.of(parts[1]) : Optional.empty());
    }
  }
}
