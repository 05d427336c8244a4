package dev.headway.http;

import java.io.IOException;
import java.time.Duration;

/**
 * No attempt got a response, or there were too many redirects. The cause is the failure of the last
 * attempt.
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

  /** The number of requests sent. */
  public int attempts() {
    return attempts;
  }

  /** The total time of waits for limits and of backoff. */
  public Duration waited() {
    return waited;
  }

  /** The duration of the last attempt. */
  public Duration took() {
    return took;
  }

  /** The failure of the last attempt. */
  IOException failure() {
    return failure;
  }

  /** The same failure, with the attempts that were made before. */
  ExchangeFailedException after(int earlier, Duration waitedBefore) {
    return new ExchangeFailedException(
        failure, earlier + attempts, waitedBefore.plus(waited), took);
  }
}
