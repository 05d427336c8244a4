package dev.headway.cli.fetch;

import dev.headway.cli.request.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The result of one request.
 *
 * @param status the last response's, if there was one
 * @param attempts how many requests were sent
 * @param startedAt when the last was sent, if one was
 * @param waited how long they waited for limits or backed off
 * @param took how long the last took
 * @param body the response's body
 * @param error what went wrong, if anything did, in words that may be shown
 */
record Result(
    Request request,
    OptionalInt status,
    int attempts,
    Optional<Instant> startedAt,
    Duration waited,
    Duration took,
    Body body,
    Optional<String> error) {

  /** That of a request that was never sent. */
  static Result unsent(Request request, String why) {
    return new Result(
        request,
        OptionalInt.empty(),
        0,
        Optional.empty(),
        Duration.ZERO,
        Duration.ZERO,
        Body.NONE,
        Optional.of(why));
  }

  /** What the server said of what went wrong, as it said it. */
  Optional<String> said() {
    String text = new String(body.bytes(), StandardCharsets.UTF_8).strip();
    return error.isEmpty() || text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
