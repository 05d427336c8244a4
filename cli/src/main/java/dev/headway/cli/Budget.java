package dev.headway.cli;

import dev.headway.Rate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Another currency that is limited, such as tokens. */
record Budget(String name, Rate rate) {

  /** Reads {@code NAME=RATE}. */
  static final class Converter implements ITypeConverter<Budget> {

    @Override
    public Budget convert(String text) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw new TypeConversionException(
            "\"" + text + "\" is not NAME=RATE, such as tokens=200000/m");
      }
      return new Budget(
          text.substring(0, equals), new RateConverter().convert(text.substring(equals + 1)));
    }
  }
}
