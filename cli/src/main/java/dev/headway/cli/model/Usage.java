package dev.headway.cli.model;

/**
 * The tokens that a call took.
 *
 * @param input tokens of the prompt, 0 or more
 * @param output tokens of the answer, 0 or more
 */
public record Usage(long input, long output) {

  /** None. */
  public static final Usage NONE = new Usage(0, 0);

  /** The sum of two. */
  public Usage plus(Usage other) {
    return new Usage(input + other.input, output + other.output);
  }
}
