package dev.headway.cli.option;

import dev.headway.limit.Rate;
import dev.headway.time.Durations;
import java.time.Duration;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** How the values of options are read. */
public final class Converters {

  private Converters() {}

  /** Reads a rate as {@link Rate#parse} does. */
  public static final class OfRate implements ITypeConverter<Rate> {
    /** Made by picocli. */
    public OfRate() {}

    @Override
    public Rate convert(String text) {
      if (text.strip().matches("\\d+")) {
        throw new TypeConversionException(
            "\"" + text + "\" has no period; write " + text.strip() + "/s, 100/m or 12/37m");
      }
      try {
        return Rate.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Reads a duration as {@link Durations#parse} does. */
  public static final class OfDuration implements ITypeConverter<Duration> {
    /** Made by picocli. */
    public OfDuration() {}

    @Override
    public Duration convert(String text) {
      try {
        return Durations.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Takes only a value that is attached: in {@code --live urls.txt}, the file is no port. */
  public static final class AttachedValue implements IParameterPreprocessor {
    /** Made by picocli. */
    public AttachedValue() {}

    @Override
    @SuppressWarnings("JdkObsolete") // picocli's own
    public boolean preprocess(
        Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      if (!"=".equals(info.get("separator"))) {
        arguments.push(((OptionSpec) option).fallbackValue());
      }
      return false;
    }
  }
}
