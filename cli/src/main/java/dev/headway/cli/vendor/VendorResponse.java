package dev.headway.cli.vendor;

import java.time.Duration;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * What a server answers.
 *
 * @param status the status
 * @param fields the header fields
 * @param body is written as JSON
 * @param inputTokens the tokens of a prompt
 * @param outputTokens the tokens of a completion
 * @param takes how long the server works on it
 * @param ended is called with the time when it is about to be sent
 */
public record VendorResponse(
    int status,
    Map<String, String> fields,
    Object body,
    long inputTokens,
    long outputTokens,
    Duration takes,
    LongConsumer ended) {

  /** A response that takes no time and no tokens. */
  static VendorResponse of(int status, Map<String, String> fields, Object body) {
    return new VendorResponse(status, fields, body, 0, 0, Duration.ZERO, now -> {});
  }

  /** The response with a completion. */
  static VendorResponse of(
      Map<String, String> fields, Object body, Completion completion, LongConsumer ended) {
    return new VendorResponse(
        200,
        fields,
        body,
        completion.promptTokens(),
        completion.tokens(),
        completion.takes(),
        ended);
  }
}
