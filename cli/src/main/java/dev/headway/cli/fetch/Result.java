package dev.headway.cli.fetch;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What became of one line.
 *
 * @param id what it is reported by
 * @param url what was asked for, as it is shown, if the line could be read
 * @param status the last answer's, if there was one
 * @param attempts how many requests were sent
 * @param startedAt when the last was sent, if one was
 * @param waited how long they stood in line or backed off
 * @param took how long the last was under way
 * @param body what came
 * @param error what went wrong, if anything did, in words that may be shown
 */
record Result(
    Object id,
    Optional<String> url,
    OptionalInt status,
    int attempts,
    Optional<Instant> startedAt,
    Duration waited,
    Duration took,
    Body body,
    Optional<String> error) {

  /** What the server said of what went wrong, as it said it. */
  Optional<String> said() {
    String text = new String(body.bytes(), StandardCharsets.UTF_8).strip();
    return error.isEmpty() || text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
