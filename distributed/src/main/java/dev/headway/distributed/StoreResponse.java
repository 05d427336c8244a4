package dev.headway.distributed;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * What a store has decided. Times are in microseconds.
 *
 * @param status what became of the question; unless it is {@link Status#OK}, only the rules count
 * @param epoch which life of the limits this is
 * @param calls the number of this decision
 * @param version the version of the rules in force
 * @param rules these rules, if the member did not have them; else empty
 * @param granted how many of those who wait may start, in their order; more than wait are permits
 *     for those that come next
 * @param askAfter after how long the next of them should ask again; -1 if it will be woken; 0 if no
 *     caller waits
 * @param others whether other members wait
 * @param time the store's time, at which it was decided
 * @param totals the numbers of all members, if they were asked for
 */
public record StoreResponse(
    Status status,
    String epoch,
    long calls,
    long version,
    String rules,
    long granted,
    long askAfter,
    boolean others,
    long time,
    Optional<Totals> totals) {

  private static final int HEAD = 9;
  private static final int TOTALS = 9;

  /**
   * The numbers of all members.
   *
   * @param waiting how many callers wait
   * @param running how many permits are open
   * @param granted how many permits have been granted
   * @param refused how many callers were refused
   * @param abandoned how many callers have given up
   * @param waited how long those have waited, in all, that were granted a permit
   * @param available how many permits could start at once if no caller waited
   * @param untilNextStart how long a caller that comes now has at least to wait; empty if none
   *     knows
   * @param idle whether nothing runs, waits or is remembered
   */
  public record Totals(
      long waiting,
      long running,
      long granted,
      long refused,
      long abandoned,
      Duration waited,
      long available,
      Optional<Duration> untilNextStart,
      boolean idle) {

    private static Totals of(List<Long> words) {
      long next = words.get(7);
      return new Totals(
          words.get(0),
          words.get(1),
          words.get(2),
          words.get(3),
          words.get(4),
          micros(words.get(5)),
          words.get(6) < 0 ? Long.MAX_VALUE : words.get(6),
          next < 0 ? Optional.empty() : Optional.of(micros(next)),
          words.get(8) == 1);
    }

    private static Duration micros(long micros) {
      return Duration.of(micros, ChronoUnit.MICROS);
    }
  }

  /** What became of a question. */
  public enum Status {
    /** It has been decided. */
    OK,
    /** Nothing was done: the store has other rules, which are in the answer. */
    RULES,
    /** Nothing was done: the store knows of no rules and must be told them. */
    UNKNOWN,
    /** Nothing was done: a later question of the member has been decided. */
    STALE
  }

  /**
   * An answer from its words, which are these parts in this order: yes and no as 1 and 0, of what
   * is available -1 if that has no bound, and -1 for what is unknown.
   *
   * @throws IllegalArgumentException if they are not an answer's
   */
  public static StoreResponse of(List<String> words) {
    if (words.size() < HEAD) {
      throw new IllegalArgumentException("a store's answer has at least 9 words, not " + words);
    }
    return new StoreResponse(
        Status.valueOf(words.get(0)),
        words.get(1),
        Long.parseLong(words.get(2)),
        Long.parseLong(words.get(3)),
        words.get(4),
        Long.parseLong(words.get(5)),
        Long.parseLong(words.get(6)),
        words.get(7).equals("1"),
        Long.parseLong(words.get(8)),
        words.size() < HEAD + TOTALS
            ? Optional.empty()
            : Optional.of(
                Totals.of(
                    words.subList(HEAD, HEAD + TOTALS).stream().map(Long::valueOf).toList())));
  }
}
