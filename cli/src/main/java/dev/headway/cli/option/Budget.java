package dev.headway.cli.option;

import dev.headway.limit.Rate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Another currency that is limited, such as tokens.
 *
 * @param name its name
 * @param rate how much of it in how long
 */
public record Budget(String name, Rate rate) {

  /** Reads {@code NAME=RATE}. */
  public static final class Converter implements ITypeConverter<Budget> {

    /** Made by picocli. */
    public Converter() {}

    @Override
    public Budget convert(String text) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw new TypeConversionException(
            "\"" + text + "\" is not NAME=RATE, such as tokens=200000/m");
      }
      return new Budget(
          text.substring(0, equals), new Converters.OfRate().convert(text.substring(equals + 1)));
    }
  }
}
