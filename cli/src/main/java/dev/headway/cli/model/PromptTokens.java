package dev.headway.cli.model;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Guesses how many tokens a prompt has, by its texts: those of OpenAI's models as their tokenizers
 * count them (JTokkit), those of others as a quarter of their characters. A message has 4 more, and
 * the whole 3. {@link LearnedSizes} corrects a guess by what responses say.
 */
final class PromptTokens {

  private static final int CHARACTERS_IN_A_TOKEN = 4;
  private static final int IN_A_MESSAGE = 4;
  private static final int IN_ALL = 3;

  /** Fields whose texts are no part of the prompt: names, addresses and encoded files. */
  private static final Set<String> OTHERS =
      Set.of(
          "role",
          "type",
          "id",
          "name",
          "url",
          "image_url",
          "data",
          "mime_type",
          "mimeType",
          "media_type");

  /** Models that JTokkit does not know by their names, but by their tokenizer. */
  private static final List<String> NEWER =
      List.of("gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "chatgpt-", "o1", "o3", "o4");

  /** Loads a tokenizer when it is needed first, which takes some tenths of a second. */
  private static final EncodingRegistry ENCODINGS = Encodings.newLazyEncodingRegistry();

  private PromptTokens() {}

  /** How many tokens the prompt of a request probably has, 1 or more. */
  static long guess(String model, Preset preset, JsonNode body) {
    List<String> texts = new ArrayList<>();
    long messages = 0;
    for (var place : preset.prompt()) {
      JsonNode prompt = body.at(place);
      messages += prompt.isArray() ? prompt.size() : prompt.isMissingNode() ? 0 : 1;
      collect(prompt, texts);
    }
    Optional<Encoding> encoding = encoding(model);
    long tokens = IN_ALL + IN_A_MESSAGE * messages;
    for (String text : texts) {
      tokens +=
          encoding.isPresent()
              ? encoding.get().countTokensOrdinary(text)
              : Math.ceilDiv(text.length(), CHARACTERS_IN_A_TOKEN);
    }
    return tokens;
  }

  private static void collect(JsonNode json, List<String> texts) {
    if (json.isString()) {
      texts.add(json.stringValue());
    } else if (json.isArray()) {
      json.values().forEach(value -> collect(value, texts));
    } else {
      for (Map.Entry<String, JsonNode> field : json.properties()) {
        if (!OTHERS.contains(field.getKey())) {
          collect(field.getValue(), texts);
        }
      }
    }
  }

  /** The tokenizer of a model, if it is known: {@code openai/gpt-4o} is {@code gpt-4o}. */
  private static Optional<Encoding> encoding(String model) {
    String name = model.startsWith("openai/") ? model.substring("openai/".length()) : model;
    return NEWER.stream().anyMatch(name::startsWith)
        ? Optional.of(ENCODINGS.getEncoding(EncodingType.O200K_BASE))
        : ENCODINGS.getEncodingForModel(name);
  }
}
