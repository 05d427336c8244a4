package dev.headway.cli.option;

import dev.headway.limit.Rate;
import java.util.List;
import picocli.CommandLine.Option;

/** The option that says how many in how long. */
public class RateOption {

  @Option(
      names = {"-r", "--rate"},
      paramLabel = "RATE",
      converter = Converters.OfRate.class,
      description = {
        "At most this many in any interval of this length: 40/s, 100/m, 12/37m, 100/500ms. Give it"
            + " again for more limits; all of them hold."
      })
  private List<Rate> rates = List.of();

  /** Made by picocli. */
  public RateOption() {}

  /** The rates that are given, which hold together. */
  public final List<Rate> given() {
    return rates;
  }
}
