package dev.headway.cli.option;

import dev.headway.cli.model.Preset;
import dev.headway.cli.model.Presets;
import dev.headway.cli.model.Price;
import dev.headway.cli.model.TokenMeter;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that say that requests are calls of a language model, and what those cost. */
public final class ModelOptions {

  private static final Set<String> TOKENS =
      Set.of(TokenMeter.TOKENS, TokenMeter.INPUT, TokenMeter.OUTPUT);

  @Option(
      names = "--preset",
      paramLabel = "NAME|FILE.json",
      converter = OfPreset.class,
      description = {
        "The vendor of a language model: openai, anthropic, gemini, azure, openrouter, ollama, or a"
            + " file; headway presets shows them. It gives the address, headers and the key's"
            + " variable, says what responses mean, and estimates and settles the budgets tokens,"
            + " input-tokens and output-tokens."
      })
  private @Nullable Preset preset;

  @Option(
      names = "--price",
      paramLabel = "in=X/M,out=Y/M",
      converter = OfPrice.class,
      description = {
        "What a million tokens (M; K: a thousand) cost, such as in=0.15/M,out=0.60/M. Results have"
            + " their cost, and progress has the sum, so far and in all. With --preset."
      })
  private @Nullable Price price;

  /** Made by picocli. */
  public ModelOptions() {}

  /** The vendor, if one is given. */
  public Optional<Preset> preset() {
    return Optional.ofNullable(preset);
  }

  /**
   * What tokens cost, if that is given.
   *
   * @throws UsageException if nothing says where their numbers stand
   */
  public Optional<Price> price() {
    if (price != null && preset == null) {
      throw new UsageException(
          "--price needs --preset, which says where responses have their tokens");
    }
    return Optional.ofNullable(price);
  }

  /**
   * Estimates and settles the budgets of tokens of which nothing else says what calls take; empty
   * without a preset.
   */
  public Optional<TokenMeter> meter(LimitOptions limits, RequestOptions requests) {
    Set<String> stated =
        requests.costs().stream().map(CostPointer::budget).collect(Collectors.toSet());
    return preset()
        .map(vendor ->
            new TokenMeter(
                vendor, limits.rates(name -> TOKENS.contains(name) && !stated.contains(name))));
  }

  /** Whether the preset says what calls take of a budget. */
  public boolean measures(String budget) {
    return preset != null && TOKENS.contains(budget);
  }

  /** Reads a preset. */
  static final class OfPreset implements ITypeConverter<Preset> {
    @Override
    public Preset convert(String text) {
      try {
        return Presets.of(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Reads a price. */
  static final class OfPrice implements ITypeConverter<Price> {
    @Override
    public Price convert(String text) {
      try {
        return Price.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
