package dev.headway.cli.option;

import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JsonPointer;

/**
 * Where a response says what its next page is.
 *
 * @param pointer where it stands in a JSON body; in the field {@code Link} if empty
 * @param parameter the parameter of the query that it is a value of; it is a URL if empty
 */
public record NextPage(Optional<JsonPointer> pointer, Optional<String> parameter) {

  /** Reads {@code link}, {@code /pointer} or {@code parameter=/pointer}. */
  static final class Converter implements ITypeConverter<NextPage> {
    @Override
    public NextPage convert(String text) {
      if (text.equals("link")) {
        return new NextPage(Optional.empty(), Optional.empty());
      }
      int pointer = text.startsWith("/") ? 0 : text.indexOf("=/") + 1;
      if (pointer == 1 || (pointer == 0 && !text.startsWith("/"))) {
        throw new TypeConversionException(
            "\"" + text + "\" is not link, /POINTER or PARAMETER=/POINTER");
      }
      try {
        return new NextPage(
            Optional.of(JsonPointer.compile(text.substring(pointer))),
            pointer == 0 ? Optional.empty() : Optional.of(text.substring(0, pointer - 1)));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("\"" + text + "\" is not a JSON pointer (RFC 6901)");
      }
    }
  }
}
