package dev.headway.distributed;

import java.util.List;

/**
 * A request of a member, which is one throttle of one process, to a store: it reports starts and
 * ends, and asks whether waiting callers may start. Amounts are lists with one number for each
 * currency of the rules, permits first and the others ordered by name. Times are in microseconds.
 *
 * <p>Held amounts are absolute numbers, so a grant whose response was lost returns with the next
 * request. Events are a batch with a number of its own, which the store takes once however often it
 * arrives.
 *
 * @param clock the store's clock, or -1 for its own: tests set it
 * @param member the id of the member
 * @param number above that of any earlier request
 * @param epoch the life of the limits that the member has seen; empty if none
 * @param calls the number of the last decision that it has seen
 * @param elapsed the time since it sent the request of that decision, by its own clock; -1 if it
 *     has seen none
 * @param lease the silence after which the member counts as dead
 * @param version the version of the rules that its amounts belong to
 * @param rules these rules, if the store needs them; empty otherwise
 * @param newest whether these rules replace others
 * @param batch the number of the events that follow, up to {@code returned}; taken if above the
 *     last
 * @param pause for how long no caller may start; 0 for no pause
 * @param refused the number of refused callers
 * @param abandoned the number of callers that have given up
 * @param waited the total wait of callers that have started
 * @param starts the starts, each as the time since then and amounts
 * @param ends the ends, in the same form
 * @param settled the settlements, each as the time since the start, the currency and the difference
 * @param returned unused grants
 * @param waiting the number of waiting callers
 * @param running the number of open permits
 * @param unstarted granted amounts whose callers have not resumed
 * @param held the amounts of open permits
 * @param demand the demand, in order: a number of callers and the amounts of each of them, repeated
 * @param wanted the total demand of all waiting callers
 * @param peek whether the totals of all members are wanted
 * @param ahead how many more permits, of one each, the store may grant if no other caller waits and
 *     at least sixteen times as many are available
 * @param seen the time of the last decision that the member has seen: with {@code elapsed} it
 *     reveals a store whose clock was set
 * @param granted how many callers have started; part of the batch
 */
public record StoreRequest(
    long clock,
    String member,
    long number,
    String epoch,
    long calls,
    long elapsed,
    long lease,
    long version,
    String rules,
    boolean newest,
    long batch,
    long pause,
    long refused,
    long abandoned,
    long waited,
    List<Long> starts,
    List<Long> ends,
    List<Long> settled,
    List<Long> returned,
    long waiting,
    long running,
    List<Long> unstarted,
    List<Long> held,
    List<Long> demand,
    List<Long> wanted,
    boolean peek,
    long ahead,
    long seen,
    long granted) {

  /**
   * All components in this order; spaces separate the numbers of a list, and yes and no are 1 and
   * 0.
   */
  public List<String> words() {
    return wordsOf(member);
  }

  /** The same with another id of the member, by which the store knows it. */
  public List<String> wordsOf(String knownAs) {
    return List.of(
        Long.toString(clock),
        knownAs,
        Long.toString(number),
        epoch,
        Long.toString(calls),
        Long.toString(elapsed),
        Long.toString(lease),
        Long.toString(version),
        rules,
        newest ? "1" : "0",
        Long.toString(batch),
        Long.toString(pause),
        Long.toString(refused),
        Long.toString(abandoned),
        Long.toString(waited),
        join(starts),
        join(ends),
        join(settled),
        join(returned),
        Long.toString(waiting),
        Long.toString(running),
        join(unstarted),
        join(held),
        join(demand),
        join(wanted),
        peek ? "1" : "0",
        Long.toString(ahead),
        Long.toString(seen),
        Long.toString(granted));
  }

  private static String join(List<Long> numbers) {
    if (numbers.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    for (long number : numbers) {
      text.append(number).append(' ');
    }
    text.setLength(text.length() - 1);
    return text.toString();
  }
}
