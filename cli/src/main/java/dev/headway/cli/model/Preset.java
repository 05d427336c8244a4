package dev.headway.cli.model;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * What a vendor's API looks like, as a data file says: see {@link PresetReader}.
 *
 * @param name the vendor's, or that of the file
 * @param description for which calls it is
 * @param baseUrl the address that paths are added to; it may begin with <code>${NAME}</code>
 * @param path the path of the usual call
 * @param key the credentials, if the API has any
 * @param headers fields of all requests, by name
 * @param model where the name of the model stands in a request; the first place that has one counts
 * @param prompt where texts of the prompt stand in a request
 * @param maxOutput where the most tokens of an answer stand in a request; the first counts
 * @param input where tokens of the prompt stand in a response; all that are found are added
 * @param output where tokens of the answer stand in a response; all that are found are added
 * @param slowDown responses after which all wait
 * @param retryable responses after which a request is sent again, whatever its method
 * @param fatal responses that end the run
 */
public record Preset(
    String name,
    String description,
    String baseUrl,
    String path,
    Optional<Key> key,
    Map<String, String> headers,
    List<JsonPointer> model,
    List<JsonPointer> prompt,
    List<JsonPointer> maxOutput,
    List<JsonPointer> input,
    List<JsonPointer> output,
    List<ResponseMatch> slowDown,
    List<ResponseMatch> retryable,
    List<ResponseMatch> fatal) {

  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * The credentials of an API.
   *
   * @param variable the variable of the environment with the key
   * @param header the field that carries it
   * @param prefix what stands before it, such as {@code Bearer }
   */
  public record Key(String variable, String header, String prefix) {}

  /** The tokens that a response says it took; empty if it says nothing of them. */
  public Optional<Usage> usage(byte[] body) {
    return read(new String(body, StandardCharsets.UTF_8)).flatMap(this::usage);
  }

  private Optional<Usage> usage(JsonNode body) {
    OptionalLong in = sum(body, input);
    OptionalLong out = sum(body, output);
    return in.isEmpty() && out.isEmpty()
        ? Optional.empty()
        : Optional.of(new Usage(in.orElse(0), out.orElse(0)));
  }

  private static OptionalLong sum(JsonNode body, List<JsonPointer> places) {
    List<JsonNode> found =
        places.stream().map(body::at).filter(JsonNode::canConvertToLong).toList();
    return found.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(
            found.stream().mapToLong(JsonNode::longValue).map(n -> Math.max(0, n)).sum());
  }

  /** What a response means for its request. */
  public enum Meaning {
    /** The server did nothing, and all wait. */
    SLOW_DOWN,
    /** The request is sent again. */
    RETRYABLE,
    /** No further request succeeds. */
    FATAL
  }

  /** What a response means, if this says so; the worst first. */
  public Optional<Meaning> meaningOf(int status, String body) {
    JsonNode json = read(body).orElse(MissingNode.getInstance());
    if (fatal.stream().anyMatch(match -> match.fits(status, json))) {
      return Optional.of(Meaning.FATAL);
    }
    if (slowDown.stream().anyMatch(match -> match.fits(status, json))) {
      return Optional.of(Meaning.SLOW_DOWN);
    }
    return retryable.stream().anyMatch(match -> match.fits(status, json))
        ? Optional.of(Meaning.RETRYABLE)
        : Optional.empty();
  }

  private static Optional<JsonNode> read(String body) {
    try {
      return Optional.of(JSON.readTree(body)).filter(JsonNode::isContainer);
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }
}
