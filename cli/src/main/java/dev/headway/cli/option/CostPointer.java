package dev.headway.cli.option;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where in a JSON document an amount of a budget stands.
 *
 * @param budget the name of the budget
 * @param pointer a JSON pointer (RFC 6901)
 */
public record CostPointer(String budget, JsonPointer pointer) {

  private static final JsonMapper JSON = JsonMapper.shared();

  /** The amount in a document, rounded up; empty if there is none. */
  public OptionalLong in(JsonNode document) {
    if (document.isString()) {
      return in(document.stringValue().getBytes(StandardCharsets.UTF_8));
    }
    JsonNode amount = document.at(pointer);
    if (!amount.isNumber()) {
      return OptionalLong.empty();
    }
    double number = Math.ceil(amount.doubleValue());
    return number >= 0 && number <= 1e15 ? OptionalLong.of((long) number) : OptionalLong.empty();
  }

  /** The amount in a document that may not be one. */
  public OptionalLong in(byte[] bytes) {
    try {
      JsonNode document = JSON.readTree(new String(bytes, StandardCharsets.UTF_8));
      return document.isContainer() ? in(document) : OptionalLong.empty();
    } catch (JacksonException e) {
      return OptionalLong.empty();
    }
  }

  /** Reads {@code NAME=/pointer}. */
  public static final class Converter implements ITypeConverter<CostPointer> {

    @Override
    public CostPointer convert(String text) {
      int equals = text.indexOf("=/");
      if (equals < 1) {
        throw new TypeConversionException(
            "\"" + text + "\" is not NAME=/POINTER, such as tokens=/max_tokens");
      }
      try {
        return new CostPointer(
            text.substring(0, equals), JsonPointer.compile(text.substring(equals + 1)));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("\"" + text + "\" is not a JSON pointer (RFC 6901)");
      }
    }
  }
}
