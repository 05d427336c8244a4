package dev.headway.cli;

import dev.headway.limit.Rate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a rate as {@link Rate#parse} does. */
public final class RateConverter implements ITypeConverter<Rate> {

  /** Made by picocli. */
  public RateConverter() {}

  @Override
  public Rate convert(String text) {
    try {
      return Rate.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
