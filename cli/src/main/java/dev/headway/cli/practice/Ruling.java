package dev.headway.cli.practice;

/** What the {@link Referee} decided about one request. */
sealed interface Ruling {

  /** The request's place in the order of arrival, from 1. */
  long number();

  /**
   * To be answered with 200.
   *
   * @param remaining how many more would be accepted at the same instant
   * @param moreAfterNanos how long until that number grows
   */
  record Accepted(long number, long remaining, long moreAfterNanos) implements Ruling {}

  /** To be answered with 429 and told to come back after {@code retryAfterNanos}. */
  record Refused(long number, long retryAfterNanos, String reason) implements Ruling {}

  /** Not to be answered at all. */
  record Dropped(long number) implements Ruling {}
}
