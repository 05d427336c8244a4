package dev.headway.cli.vendor;

import java.util.OptionalDouble;

/**
 * How a language model answers.
 *
 * @param seed the same request gets the same completion from models with the same seed
 * @param medianTokens the median size of a completion, at least 1
 * @param tokensPerSecond how fast a completion is written; empty for at once
 */
public record ModelSettings(long seed, long medianTokens, OptionalDouble tokensPerSecond) {

  /** Completions of 120 tokens in the median, at once. */
  public static final ModelSettings USUAL = new ModelSettings(1, 120, OptionalDouble.empty());

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public ModelSettings {
    if (medianTokens < 1) {
      throw new IllegalArgumentException(
          "completion-tokens must be 1 or more, but it is " + medianTokens);
    }
    if (tokensPerSecond.isPresent() && !(tokensPerSecond.getAsDouble() > 0)) {
      throw new IllegalArgumentException(
          "tokens-per-second must be above 0, but it is " + tokensPerSecond.getAsDouble());
    }
  }
}
