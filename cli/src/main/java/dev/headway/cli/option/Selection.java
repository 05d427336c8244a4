package dev.headway.cli.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JsonPointer;

/**
 * A part of a JSON response that a result has.
 *
 * @param name what it is called there
 * @param pointer where it stands (JSON Pointer, RFC 6901)
 */
public record Selection(String name, JsonPointer pointer) {

  /** Reads {@code NAME=/pointer}, or {@code /pointer}, which is called by its last part. */
  static final class Converter implements ITypeConverter<Selection> {
    @Override
    public Selection convert(String text) {
      int equals = text.startsWith("/") ? -1 : text.indexOf("=/");
      if (equals == 0 || (equals < 0 && !text.startsWith("/"))) {
        throw new TypeConversionException(
            "\"" + text + "\" is not [NAME=]/POINTER, such as answer=/choices/0/message/content");
      }
      try {
        JsonPointer pointer = JsonPointer.compile(text.substring(equals + 1));
        String last = text.substring(text.lastIndexOf('/') + 1);
        return new Selection(equals < 0 ? last : text.substring(0, equals), pointer);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("\"" + text + "\" is not a JSON pointer (RFC 6901)");
      }
    }
  }
}
