package dev.headway.http;

import java.io.IOException;
import java.time.Duration;

/**
 * No response came in as many attempts as there may be, or there were too many redirects. The cause
 * is what the last failed with.
 */
public final class ExchangeFailedException extends IOException {

  private static final long serialVersionUID = 1L;

  private final IOException failure;
  private final int attempts;
  private final Duration waited;
  private final Duration took;

  ExchangeFailedException(IOException failure, int attempts, Duration waited, Duration took) {
    super((attempts == 1 ? "1 attempt" : attempts + " attempts") + " failed: " + failure, failure);
    this.failure = failure;
    this.attempts = attempts;
    this.waited = waited;
    this.took = took;
  }

  /** How many requests were sent. */
  public int attempts() {
    return attempts;
  }

  /** How long they stood in line or backed off, added up. */
  public Duration waited() {
    return waited;
  }

  /** How long the last was under way. */
  public Duration took() {
    return took;
  }

  /** What the last attempt failed with. */
  IOException failure() {
    return failure;
  }

  /** The same, with what was sent before. */
  ExchangeFailedException after(int earlier, Duration waitedBefore) {
    return new ExchangeFailedException(
        failure, earlier + attempts, waitedBefore.plus(waited), took);
  }
}
