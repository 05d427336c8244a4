package dev.headway.cli.practice;

import dev.headway.cli.option.Budget;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.vendor.ModelSettings;
import dev.headway.cli.vendor.VendorName;
import dev.headway.cli.vendor.VendorSettings;
import dev.headway.limit.Rate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that say which service a server imitates, and how. */
final class LikeOptions {

  @Option(
      names = "--like",
      paramLabel = "SERVICE",
      converter = NameConverter.class,
      completionCandidates = Words.class,
      description = {
        "Imitate the limits of github, openai, anthropic, shopify, discord or slack, and how it"
            + " states them. --rate replaces its main limit on requests."
      })
  private @Nullable VendorName name;

  @Option(
      names = "--speed",
      paramLabel = "X",
      description = {
        "The periods of the service's own limits pass so many times as fast: with 60, an hour takes"
            + " a minute. Default: 1."
      })
  private @Nullable Double speed;

  @Option(
      names = "--token-quota",
      paramLabel = "NAME=RATE",
      converter = Budget.Converter.class,
      description = {
        "Replace a limit on tokens: tokens=90000/m of openai, input-tokens or output-tokens of"
            + " anthropic."
      })
  private List<Budget> budgets = List.of();

  @Option(
      names = "--completion-tokens",
      paramLabel = "N",
      description = {
        "The median size of a completion of openai or anthropic. Sizes are log-normal. Default:"
            + " 120."
      })
  private @Nullable Long completionTokens;

  @Option(
      names = "--tokens-per-second",
      paramLabel = "N",
      description = {"How fast a completion is written, besides --latency. Default: at once."})
  private @Nullable Double tokensPerSecond;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same request gets the same completion with the same seed. Default: 1.")
  private @Nullable Long seed;

  /** Made by picocli. */
  LikeOptions() {}

  /** The names, for completion. */
  static final class Words extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    /** Made by picocli. */
    Words() {
      super(VendorName.words());
    }
  }

  /** Reads the name of a service. */
  static final class NameConverter implements ITypeConverter<VendorName> {
    @Override
    public VendorName convert(String text) {
      if (!VendorName.words().contains(text)) {
        throw new TypeConversionException(
            "\"" + text + "\" is not " + String.join(", ", VendorName.words()));
      }
      return VendorName.valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * The service, if one is imitated.
   *
   * @throws UsageException if there is none, but an option needs one
   */
  Optional<VendorName> name() {
    if (name == null
        && (speed != null
            || !budgets.isEmpty()
            || completionTokens != null
            || tokensPerSecond != null
            || seed != null)) {
      throw new UsageException(
          "--speed, --token-quota, --completion-tokens, --tokens-per-second and --seed need"
              + " --like");
    }
    return Optional.ofNullable(name);
  }

  /**
   * What differs from the service.
   *
   * @throws UsageException if it has no such limit
   * @throws IllegalArgumentException if a number is out of its range
   */
  VendorSettings settings(VendorName of, Optional<Rate> rate) {
    Map<String, Rate> rates = new HashMap<>();
    for (Budget budget : budgets) {
      if (!of.budgets().contains(budget.name())) {
        throw new UsageException(
            "--token-quota: "
                + of.title()
                + " has no limit on "
                + budget.name()
                + (of.budgets().isEmpty()
                    ? ""
                    : "; it has "
                        + of.budgets().stream().sorted().collect(Collectors.joining(" and "))));
      }
      rates.put(budget.name(), budget.rate());
    }
    ModelSettings usual = ModelSettings.USUAL;
    return new VendorSettings(
        rate,
        rates,
        speed == null ? 1 : speed,
        new ModelSettings(
            seed == null ? usual.seed() : seed,
            completionTokens == null ? usual.medianTokens() : completionTokens,
            tokensPerSecond == null ? OptionalDouble.empty() : OptionalDouble.of(tokensPerSecond)));
  }
}
