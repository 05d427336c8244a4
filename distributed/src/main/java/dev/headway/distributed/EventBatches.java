package dev.headway.distributed;

import dev.headway.limit.Cost;
import dev.headway.throttle.spi.CostSum;
import dev.headway.throttle.spi.Counters;
import dev.headway.time.TimeSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The events that a store has not confirmed. Used under the queue's lock.
 *
 * <p>They are sent in batches. A batch is repeated unchanged until the store confirms it, and later
 * events go into the next, so the store takes each once. Events close together are sent as one, at
 * the instant of the last: a later instant is always safe.
 */
final class EventBatches {

  /** Events this close together are sent as one. */
  private static final long GRAIN = 100_000;

  private static final int MOST_GROUPS = 256;

  /** The amounts that started or ended up to an instant. */
  private static final class Group {
    final long since;
    final CostSum amounts = new CostSum();
    long at;

    Group(long at) {
      this.since = at;
      this.at = at;
    }
  }

  /** A permit that started at an instant takes more of a currency, or less. */
  private record Settled(long startedAt, String currency, long more) {}

  /** One batch. */
  private static final class Batch {
    final Deque<Group> starts = new ArrayDeque<>();
    final Deque<Group> ends = new ArrayDeque<>();
    final List<Settled> settled = new ArrayList<>();
    final CostSum returned = new CostSum();
    long pausedUntil = Long.MIN_VALUE;
    long granted;
    long refused;
    long abandoned;
    long waitedNanos;

    boolean isEmpty() {
      return starts.isEmpty()
          && ends.isEmpty()
          && settled.isEmpty()
          && returned.isZero()
          && pausedUntil == Long.MIN_VALUE;
    }
  }

  private Batch next = new Batch();
  private Batch sent = new Batch();
  private long number;
  private boolean confirmed = true;

  /** The number of the last batch. */
  private long toldGranted;

  private long toldRefused;

  private long toldAbandoned;
  private long toldWaitedNanos;

  void started(long now, Cost cost) {
    add(next.starts, now, cost);
  }

  /** Moves the last start to now. */
  void startedLater(long now) {
    Group last = next.starts.peekLast();
    if (last != null) {
      last.at = Math.max(last.at, now);
    }
  }

  void ended(long now, Cost cost) {
    add(next.ends, now, cost);
  }

  void settled(long startedAt, String currency, long more) {
    if (next.settled.size() < MOST_GROUPS || more > 0) {
      next.settled.add(new Settled(startedAt, currency, more));
    }
  }

  void paused(long until) {
    next.pausedUntil = Math.max(next.pausedUntil, until);
  }

  private static void add(Deque<Group> groups, long now, Cost cost) {
    Group last = groups.peekLast();
    boolean full = groups.size() >= MOST_GROUPS;
    if (last == null || (now - last.since > GRAIN && !full)) {
      last = new Group(now);
      groups.add(last);
    }
    last.at = Math.max(last.at, now);
    last.amounts.add(cost);
  }

  /** When the first unsent event happened; NEVER if there is none. */
  long startsSince() {
    Group first = next.starts.peekFirst();
    return first == null ? TimeSource.NEVER : first.since;
  }

  /** When the first unsent end happened; NEVER if there is none. */
  long endsSince() {
    Group first = next.ends.peekFirst();
    return first == null ? TimeSource.NEVER : first.since;
  }

  boolean givesBack() {
    return !next.settled.isEmpty();
  }

  boolean isUrgent() {
    return next.pausedUntil != Long.MIN_VALUE || !confirmed;
  }

  boolean isEmpty() {
    return confirmed && next.isEmpty();
  }

  /**
   * Makes the unsent events the next batch, unless the last one has not been confirmed.
   *
   * @return whether it did
   */
  boolean seal(Counters totals) {
    if (!confirmed) {
      return false;
    }
    sent = next;
    next = new Batch();
    number++;
    confirmed = false;
    sent.granted = totals.granted - toldGranted;
    sent.refused = totals.refused - toldRefused;
    sent.abandoned = totals.abandoned - toldAbandoned;
    sent.waitedNanos = totals.waitedNanos - toldWaitedNanos;
    toldGranted = totals.granted;
    toldRefused = totals.refused;
    toldAbandoned = totals.abandoned;
    toldWaitedNanos = totals.waitedNanos;
    return true;
  }

  /** The store has confirmed the batch. */
  void confirm() {
    confirmed = true;
    sent = new Batch();
  }

  /** Returns unused grants with the batch just made. */
  void giveBack(CostSum surplus) {
    sent.returned.add(surplus);
  }

  /** The starts of the batch. */
  CostSum startsToCome() {
    return sum(next.starts);
  }

  /** The ends of the batch. */
  CostSum endsToCome() {
    return sum(next.ends);
  }

  private static CostSum sum(Deque<Group> groups) {
    CostSum sum = new CostSum();
    groups.forEach(group -> sum.add(group.amounts));
    return sum;
  }

  long number() {
    return number;
  }

  long pauseMicros(long now) {
    return sent.pausedUntil <= now ? 0 : Microseconds.up(sent.pausedUntil - now);
  }

  long granted() {
    return sent.granted;
  }

  long refused() {
    return sent.refused;
  }

  long abandoned() {
    return sent.abandoned;
  }

  long waitedMicros() {
    return sent.waitedNanos / Microseconds.NANOS;
  }

  List<Long> starts(long now, List<String> currencies) {
    return words(sent.starts, now, currencies);
  }

  List<Long> ends(long now, List<String> currencies) {
    return words(sent.ends, now, currencies);
  }

  private static List<Long> words(Deque<Group> groups, long now, List<String> currencies) {
    if (groups.isEmpty()) {
      return List.of();
    }
    List<Long> words = new ArrayList<>(groups.size() * (1 + currencies.size()));
    for (Group group : groups) {
      words.add(Microseconds.ago(now, group.at));
      words.addAll(group.amounts.of(currencies));
    }
    return words;
  }

  /** Settlements: time since the start, the currency's place from 1 on, the difference. */
  List<Long> settled(long now, List<String> currencies) {
    List<Long> words = new ArrayList<>();
    for (Settled settled : sent.settled) {
      int place = currencies.indexOf(settled.currency);
      if (place >= 0) {
        words.addAll(List.of(Microseconds.ago(now, settled.startedAt), place + 1L, settled.more));
      }
    }
    return words;
  }

  List<Long> returned(List<String> currencies) {
    return sent.returned.isZero() ? List.of() : sent.returned.of(currencies);
  }
}
