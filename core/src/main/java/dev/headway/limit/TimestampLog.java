package dev.headway.limit;

import dev.headway.time.Durations;
import org.jspecify.annotations.Nullable;

/**
 * Amounts with the instant from which each counts, oldest first.
 *
 * <p>The log is a linked list of arrays: entries are appended to the last and dropped from the
 * first. An empty array is reused as the next one, so a log of steady length allocates nothing, and
 * a log grows without copying. An entry takes 16 bytes; equal instants share one.
 */
final class TimestampLog {

  private static final int FIRST_CHUNK = 16;
  private static final int LARGEST_CHUNK = 1024;

  private static final class Chunk {

    /** Pairs of an instant and its amount. */
    final long[] entries;

    /** The entries are in {@code [from, to)}. */
    int from;

    int to;
    @Nullable Chunk previous;
    @Nullable Chunk next;

    Chunk(int length) {
      entries = new long[2 * length];
    }
  }

  private final long period;
  private Chunk head = new Chunk(FIRST_CHUNK);
  private Chunk tail = head;
  private @Nullable Chunk spare;
  private long total;

  /** The last instant. */
  private long last = Long.MIN_VALUE;

  /** Entries of this instant and before have been dropped. */
  private long forgotten = Long.MIN_VALUE;

  /**
   * An empty log.
   *
   * @param period how long an entry counts; older ones are dropped when an array is full
   */
  TimestampLog(long period) {
    this.period = period;
  }

  /** The sum of all amounts. */
  long total() {
    return total;
  }

  /** Appends an amount; {@code instant} is not before any other here. */
  void add(long instant, long amount) {
    total += amount;
    Chunk chunk = tail;
    int to = chunk.to;
    if (instant == last || to == chunk.entries.length) {
      addOrGrow(instant, amount);
      return;
    }
    last = instant;
    chunk.entries[to] = instant;
    chunk.entries[to + 1] = amount;
    chunk.to = to + 2;
  }

  /** Adds to the last entry if it has the same instant; otherwise makes room and appends. */
  private void addOrGrow(long instant, long amount) {
    if (tail.to > tail.from && tail.entries[tail.to - 2] == instant) {
      tail.entries[tail.to - 1] += amount;
      return;
    }
    if (tail.to == tail.entries.length) {
      dropUntil(instant - period);
      grow();
    }
    last = instant;
    tail.entries[tail.to++] = instant;
    tail.entries[tail.to++] = amount;
  }

  private void grow() {
    if (tail.from == tail.to) {
      tail.from = 0;
      tail.to = 0;
      return;
    }
    Chunk chunk = spare;
    spare = null;
    if (chunk == null) {
      chunk = new Chunk(Math.min(tail.entries.length, LARGEST_CHUNK));
    }
    tail.next = chunk;
    chunk.previous = tail;
    tail = chunk;
  }

  /** Drops the entries of {@code instant} and before. */
  void dropUntil(long instant) {
    forgotten = Math.max(forgotten, instant);
    while (true) {
      dropFromHead(instant);
      Chunk next = head.next;
      if (head.from < head.to || next == null) {
        return;
      }
      Chunk emptied = head;
      head = next;
      head.previous = null;
      emptied.next = null;
      emptied.from = 0;
      emptied.to = 0;
      if (spare == null || spare.entries.length < emptied.entries.length) {
        spare = emptied;
      }
    }
  }

  /**
   * Moves the entries of {@code instant} and before to another log. There each counts from {@code
   * later} nanoseconds later, or from the last instant of that log if that is later still.
   */
  void moveUntil(long instant, TimestampLog other, long later) {
    for (Chunk chunk = head; chunk != null; chunk = chunk.next) {
      for (int i = chunk.from; i < chunk.to && chunk.entries[i] <= instant; i += 2) {
        if (chunk.entries[i + 1] > 0) {
          long moved = Durations.later(chunk.entries[i], later);
          other.add(Math.max(moved, other.last), chunk.entries[i + 1]);
        }
      }
    }
    dropUntil(instant);
  }

  private void dropFromHead(long instant) {
    Chunk chunk = head;
    int from = chunk.from;
    while (from < chunk.to && chunk.entries[from] <= instant) {
      total -= chunk.entries[from + 1];
      from += 2;
    }
    chunk.from = from;
  }

  /** The instant of the entry with which the oldest {@code amount} has been dropped. */
  long instantOf(long amount) {
    long left = amount;
    for (Chunk chunk = head; chunk != null; chunk = chunk.next) {
      for (int i = chunk.from; i < chunk.to; i += 2) {
        left -= chunk.entries[i + 1];
        if (left <= 0) {
          return chunk.entries[i];
        }
      }
    }
    throw new IllegalArgumentException(amount + " is more than the " + total + " held");
  }

  /**
   * Changes the amount of {@code instant} by {@code by}; does nothing if its entry was dropped. If
   * the log has no entry of that instant, the next one is changed. The search starts at the end,
   * since most changes concern recent entries.
   */
  void change(long instant, long by) {
    if (instant <= forgotten) {
      return;
    }
    Chunk chunk = tail;
    while (chunk.previous != null && chunk.entries[chunk.from] > instant) {
      chunk = chunk.previous;
    }
    int at = firstNotBefore(chunk, instant);
    if (at == chunk.to && chunk.next != null) {
      chunk = chunk.next;
      at = chunk.from;
    }
    if (at < chunk.to) {
      long change = Math.max(by, -chunk.entries[at + 1]);
      chunk.entries[at + 1] += change;
      total += change;
    } else if (by > 0) {
      add(instant, by);
    }
  }

  /** Binary search. */
  private static int firstNotBefore(Chunk chunk, long instant) {
    int low = chunk.from / 2;
    int high = chunk.to / 2;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (chunk.entries[2 * middle] < instant) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return 2 * low;
  }

  /** A copy with another period. */
  TimestampLog copy(long otherPeriod) {
    TimestampLog copy = new TimestampLog(otherPeriod);
    for (Chunk chunk = head; chunk != null; chunk = chunk.next) {
      for (int i = chunk.from; i < chunk.to; i += 2) {
        copy.add(chunk.entries[i], chunk.entries[i + 1]);
      }
    }
    copy.forgotten = forgotten;
    return copy;
  }
}
