package dev.headway.distributed;

import java.util.List;

/**
 * What a member, which is one throttle of one process, asks a store: to hear what has become of
 * what it was granted, and whether those who wait may start. All amounts are lists with one number
 * for each currency that the rules count, permits first and the others in the order of their names;
 * all times are in microseconds.
 *
 * <p>What the member holds is told in absolute numbers, so that whatever a lost answer had granted
 * is given back by the next question. What happened is told as a batch with a number of its own,
 * which the store takes once however often it comes.
 *
 * @param clock the store's clock, or -1 for its own: tests let time pass as they like
 * @param member who asks
 * @param number above that of any question asked before
 * @param epoch which life of the limits the member has seen; empty if none
 * @param calls the number of the last decision that it has seen
 * @param elapsed the time since it asked what that decision was of, by its own clock; -1 if it has
 *     seen none
 * @param lease after how much silence the member counts as dead
 * @param version the version of the rules that its amounts are of
 * @param rules these rules, if the store is to know them; empty otherwise
 * @param newest whether these rules are to replace others
 * @param batch the number of what follows, up to {@code returned}; taken if above the last
 * @param pause for how long no caller may start; 0 for no pause
 * @param refused how many callers were refused
 * @param abandoned how many callers have given up
 * @param waited how long callers have waited that have started
 * @param starts when something went on, as how long ago and amounts, again and again
 * @param ends when something has ended, in the same way
 * @param settled what was settled: how long ago it had started, which currency, how much more
 * @param returned what was granted and not needed
 * @param waiting how many callers wait
 * @param running how many permits are open
 * @param unstarted what has been granted and has not gone on
 * @param held what runs
 * @param demand what is wanted, in order: how many callers and what each of them takes, again and
 *     again
 * @param wanted the sum of what all callers want that wait
 * @param peek whether the numbers of all members are wanted
 * @param ahead how many more permits the store may grant, of one each, if no other caller waits and
 *     it has at least sixteen times as many
 * @param seen the time of the last decision that the member has seen: with {@code elapsed} it tells
 *     a store whose clock was set
 * @param granted how many callers have started; of the batch, too
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
   * All of it in this order, numbers of a list with a space between them, yes and no as 1 and 0.
   */
  public List<String> words() {
    return List.of(
        Long.toString(clock),
        member,
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
