package dev.headway.cli.queue;

import dev.headway.cli.option.UsageException;
import java.nio.charset.StandardCharsets;

/**
 * The name of a queue, and of what it is in Redis. What stands between braces decides where in a
 * Cluster a key is, so that all keys of a queue are together.
 *
 * @param text as it was given: any text
 */
record QueueName(String text) {

  private static final String KEPT = "[A-Za-z0-9._-]";

  /**
   * A name.
   *
   * @throws UsageException if it says nothing
   */
  public QueueName {
    if (text.isBlank()) {
      throw new UsageException("--queue: \"" + text + "\" is no name; write any text");
    }
  }

  /** The stream of requests that are not done. */
  String stream() {
    return "headway:queue:{" + encoded() + "}";
  }

  /** The entries whose result a worker is writing, by id. */
  String writing() {
    return stream() + ":writing";
  }

  /** A stream that is being filled, and will be the queue. */
  String filling(String token) {
    return stream() + ":filling:" + token;
  }

  /** Percent-encoded where it is not a letter, a digit or one of {@code ._-}. */
  private String encoded() {
    StringBuilder encoded = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      String letter = String.valueOf((char) (each & 0xFF));
      encoded.append(letter.matches(KEPT) ? letter : String.format("%%%02X", each));
    }
    return encoded.toString();
  }

  @Override
  public String toString() {
    return "\"" + text + "\"";
  }
}
