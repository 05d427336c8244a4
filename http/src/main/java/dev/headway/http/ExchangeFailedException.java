package dev.headway.http;

import java.io.IOException;
import java.time.Duration;

/** No response came, in as many attempts as there may be. The cause is what the last failed with. */
public final class ExchangeFailedException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int attempts;
  private final Duration waited;
  private final Duration took;

  ExchangeFailedException(IOException cause, int attempts, Duration waited, Duration took) {
    super(cause.getMessage(), cause);
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

  IOException failure() {
    return getCause() instanceof IOException cause ? cause : this;
  }
}
