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
 * What has happened and a store has not heard. Used under the queue's lock.
 *
 * <p>It is told in batches: one that has been sent is sent again as it was until the store has
 * confirmed it, and what happens meanwhile goes into the next, so that the store can take each
 * once. Events that come closely after one another are told as one, at the instant of the last:
 * later than it was is always on the safe side.
 */
final class EventBatches {

  /** Events so close together are told as one. */
  private static final long GRAIN = 100_000;

  private static final int MOST_GROUPS = 256;

  /** What went on or ended up to an instant. */
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

  /** Of what has been told so far. */
  private long toldGranted;

  private long toldRefused;

  private long toldAbandoned;
  private long toldWaitedNanos;

  void started(long now, Cost cost) {
    add(next.starts, now, cost);
  }

  /** What went on last does so only now. */
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

  /** When something happened first that has not been sent; NEVER if nothing has. */
  long startsSince() {
    Group first = next.starts.peekFirst();
    return first == null ? TimeSource.NEVER : first.since;
  }

  /** When something ended first that has not been sent; NEVER if nothing has. */
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
   * Makes what has not been sent the next batch, unless the last has not been confirmed.
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

  /** The store has taken the batch. */
  void confirm() {
    confirmed = true;
    sent = new Batch();
  }

  /** Gives back, with the batch just made, what was granted and is not needed. */
  void giveBack(CostSum surplus) {
    sent.returned.add(surplus);
  }

  /** What has gone on since the batch that is to be sent. */
  CostSum startsToCome() {
    return sum(next.starts);
  }

  /** What has ended since the batch that is to be sent. */
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

  /** Settlements: how long ago it had started, the currency's place from 1 on, how much more. */
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
