package dev.headway.cli.option;

import dev.headway.limit.Counted;
import dev.headway.time.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * From when a rate counts.
 *
 * @param counted as limits have it
 * @param adapts whether the bound of an arrival is only the first one, and adapts to the server
 */
public record CountFrom(Counted counted, boolean adapts) {

  static final CountFrom END = new CountFrom(Counted.FROM_END, false);

  /** Within a second, until more is known of the server. */
  static final CountFrom ARRIVAL = new CountFrom(Counted.onArrival(Duration.ofSeconds(1)), true);

  private static final String BOUND = "arrival=";

  /** The values, for completion. */
  static final class Words extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    /** Made by picocli. */
    Words() {
      super(List.of("start", "end", "arrival"));
    }
  }

  /** Reads {@code start}, {@code end}, {@code arrival} or {@code arrival=200ms}. */
  static final class Converter implements ITypeConverter<CountFrom> {
    @Override
    public CountFrom convert(String text) {
      try {
        return text.startsWith(BOUND)
            ? new CountFrom(
                Counted.onArrival(Durations.parse(text.substring(BOUND.length()))), false)
            : switch (text) {
              case "start" -> new CountFrom(Counted.FROM_START, false);
              case "end" -> END;
              case "arrival" -> ARRIVAL;
              default ->
                  throw new TypeConversionException(
                      "\"" + text + "\" is not start, end, arrival or arrival=BOUND");
            };
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
