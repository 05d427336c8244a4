package dev.headway.distributed;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * A decision of a store. Times are in microseconds.
 *
 * @param status the result of the request; unless it is {@link Status#OK}, only the rules count
 * @param epoch the life of the limits
 * @param calls the number of this decision
 * @param version the version of the rules in force
 * @param rules these rules, if the member did not have them; else empty
 * @param granted how many waiting callers may start, in order; a surplus is for later callers
 * @param askAfter the time after which the next of them should ask; -1 if it will be woken; 0 if no
 *     caller waits
 * @param others whether other members wait
 * @param time the store's time of the decision
 * @param totals the totals of all members, if requested
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
   * The totals of all members.
   *
   * @param waiting the number of waiting callers
   * @param running the number of open permits
   * @param granted the number of permits granted
   * @param refused the number of refused callers
   * @param abandoned the number of callers that have given up
   * @param waited the total wait of all callers that were granted a permit
   * @param available how many permits could start now if no caller waited
   * @param untilNextStart the shortest wait of a caller that asks now; empty if unknown
   * @param idle whether no permit is open, no caller waits and no start is remembered
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

  /** The result of a request. */
  public enum Status {
    /** The request was decided. */
    OK,
    /** Not decided: the store has other rules, which are in the response. */
    RULES,
    /** Not decided: the store has no rules and needs them. */
    UNKNOWN,
    /** Not decided: a later request of the member has been decided. */
    STALE
  }

  /**
   * Parses a response from its words, which are these components in this order: yes and no as 1 and
   * 0, an unlimited available number and unknown values as -1.
   *
   * @throws IllegalArgumentException if they are not those of a response
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
