package dev.headway.http;

import java.time.Duration;

/**
 * What is left of one of a server's limits.
 *
 * @param unit what it counts: {@link #REQUESTS}, {@code tokens} or another
 * @param quota what is left, and until when
 * @param afterReset how many may start after the reset before the server's next response; {@link
 *     Long#MAX_VALUE} if that is unknown
 */
record Allowance(String unit, Quota quota, long afterReset) {

  static final String REQUESTS = "requests";

  Allowance(String unit, long remaining, Duration resetIn, long afterReset) {
    this(unit, new Quota(remaining, resetIn), afterReset);
  }

  boolean countsRequests() {
    return unit.equals(REQUESTS);
  }

  /** Whether it counts the tokens of language models: without any left, no request succeeds. */
  boolean countsTokens() {
    return unit.endsWith("tokens");
  }

  boolean isUsedUp() {
    return quota.remaining() == 0;
  }
}
