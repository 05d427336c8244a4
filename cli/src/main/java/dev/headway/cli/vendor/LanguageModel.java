package dev.headway.cli.vendor;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * Answers as a language model does, but for the sense: the sizes of its completions are log-normal,
 * as those of real ones are. The same request gets the same completion, in whatever order requests
 * come.
 */
final class LanguageModel {

  /** The standard deviation of the logarithm of a completion's size. */
  private static final double SIGMA = 0.7;

  private static final long MOST_TOKENS = 100_000;
  private static final double CHARACTERS_A_TOKEN = 4;
  private static final long TOKENS_OF_REPLY = 3;
  private static final long TOKENS_A_MESSAGE = 4;

  /** Four characters with the space: a token, by the usual estimate. */
  private static final String[] WORDS = {"and", "the", "sea", "sky", "old", "new", "far", "sun"};

  private final ModelSettings settings;

  LanguageModel(ModelSettings settings) {
    this.settings = settings;
  }

  /** The tokens of a prompt, estimated: a token for four characters, and some for each message. */
  static long promptTokens(JsonNode request) {
    long tokens = TOKENS_OF_REPLY + textTokens(request.path("system"));
    for (JsonNode message : request.path("messages")) {
      tokens += TOKENS_A_MESSAGE + textTokens(message.path("content"));
    }
    return tokens;
  }

  /** The content of a message is a text, or parts of which some have one. */
  private static long textTokens(JsonNode content) {
    if (content.isString()) {
      return (long) Math.ceil(content.stringValue().length() / CHARACTERS_A_TOKEN);
    }
    long tokens = 0;
    for (JsonNode part : content) {
      tokens += textTokens(part.path("text"));
    }
    return tokens;
  }

  /**
   * Answers a request.
   *
   * @param maxTokens the most tokens of the answer
   */
  Completion complete(JsonNode request, long maxTokens) {
    Random random = new Random(settings.seed() * 31 + request.toString().hashCode());
    double size = settings.medianTokens() * Math.exp(SIGMA * random.nextGaussian());
    long wanted = Math.clamp(Math.round(size), 1, MOST_TOKENS);
    long tokens = Math.min(wanted, maxTokens);
    StringBuilder text = new StringBuilder();
    for (long i = 0; i < tokens; i++) {
      text.append(i == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
    }
    double seconds =
        settings.tokensPerSecond().isPresent()
            ? tokens / settings.tokensPerSecond().getAsDouble()
            : 0;
    return new Completion(
        promptTokens(request),
        tokens,
        wanted > maxTokens,
        text.toString(),
        Duration.ofNanos((long) (seconds * TimeUnit.SECONDS.toNanos(1))));
  }
}
