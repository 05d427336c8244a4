package dev.headway.cli;

import dev.headway.time.Durations;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a duration as {@link Durations#parse} does. */
public final class DurationConverter implements ITypeConverter<Duration> {

  /** Made by picocli. */
  public DurationConverter() {}

  @Override
  public Duration convert(String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
