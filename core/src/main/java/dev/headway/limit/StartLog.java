package dev.headway.limit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Amounts by the instant from which they count, oldest first.
 *
 * <p>A chain of chunks: instants are appended to the last and leave from the first. A chunk that
 * has emptied is kept as the next to fill, so that a log of steady length allocates nothing, and a
 * log grows without copying what it holds. Sixteen bytes an instant; equal instants share one.
 */
final class StartLog {

  private static final int FIRST_CHUNK = 16;
  private static final int LARGEST_CHUNK = 1024;

  private static final class Chunk {
    final long[] instants;
    final long[] amounts;
    int from;
    int to;
    @Nullable Chunk next;

    Chunk(int length) {
      instants = new long[length];
      amounts = new long[length];
    }
  }

  private Chunk head = new Chunk(FIRST_CHUNK);
  private Chunk tail = head;
  private @Nullable Chunk spare;
  private long total;

  /** All that counted from here or before has been dropped. */
  private long forgotten = Long.MIN_VALUE;

  /** The sum of all amounts. */
  long total() {
    return total;
  }

  /** Appends an amount; {@code instant} is not before any other here. */
  void add(long instant, long amount) {
    total += amount;
    if (tail.to > tail.from && tail.instants[tail.to - 1] == instant) {
      tail.amounts[tail.to - 1] += amount;
      return;
    }
    if (tail.to == tail.instants.length) {
      grow();
    }
    tail.instants[tail.to] = instant;
    tail.amounts[tail.to++] = amount;
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
      chunk = new Chunk(Math.min(2 * tail.instants.length, LARGEST_CHUNK));
    }
    tail.next = chunk;
    tail = chunk;
  }

  /** Drops all that counts from {@code instant} or before. */
  void dropUntil(long instant) {
    forgotten = Math.max(forgotten, instant);
    while (true) {
      while (head.from < head.to && head.instants[head.from] <= instant) {
        total -= head.amounts[head.from++];
      }
      Chunk next = head.next;
      if (head.from < head.to || next == null) {
        return;
      }
      Chunk emptied = head;
      head = next;
      emptied.next = null;
      emptied.from = 0;
      emptied.to = 0;
      if (spare == null || spare.instants.length < emptied.instants.length) {
        spare = emptied;
      }
    }
  }

  /**
   * The instant of the amount that, when it and all before it leave, makes {@code amount} leave.
   */
  long instantOf(long amount) {
    long left = amount;
    for (Chunk chunk = head; chunk != null; chunk = chunk.next) {
      for (int i = chunk.from; i < chunk.to; i++) {
        left -= chunk.amounts[i];
        if (left <= 0) {
          return chunk.instants[i];
        }
      }
    }
    throw new IllegalArgumentException(amount + " is more than the " + total + " held");
  }

  /**
   * Adds to what counts from {@code instant}, or takes from it; nothing if it has left. Where the
   * log has no such instant, the next one stands for it: what is told too late counts for longer.
   */
  void change(long instant, long by) {
    if (instant <= forgotten) {
      return;
    }
    for (Chunk chunk = head; chunk != null; chunk = chunk.next) {
      if (chunk.from < chunk.to && chunk.instants[chunk.to - 1] >= instant) {
        int found = Arrays.binarySearch(chunk.instants, chunk.from, chunk.to, instant);
        int at = found >= 0 ? found : -1 - found;
        long change = Math.max(by, -chunk.amounts[at]);
        chunk.amounts[at] += change;
        total += change;
        return;
      }
    }
    if (by > 0) {
      add(instant, by);
    }
  }

  /** Another log that holds the same. */
  StartLog copy() {
    StartLog copy = new StartLog();
    for (Chunk chunk = head; chunk != null; chunk = chunk.next) {
      for (int i = chunk.from; i < chunk.to; i++) {
        copy.add(chunk.instants[i], chunk.amounts[i]);
      }
    }
    copy.forgotten = forgotten;
    return copy;
  }
}
