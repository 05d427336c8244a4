package dev.headway.limit;

import java.util.Arrays;

/**
 * What a bucket lacked, in time, just before each start; one is kept while no later start has found
 * less. A thousand are kept exactly; of more, the two oldest are taken for one.
 */
final class MinimumSince {

  private static final int MOST = 1_000;

  /** An instant and what lacked then, and the next. */
  private long[] entries = new long[16];

  /** They are in {@code [from, to)}. */
  private int from;

  private int to;

  void clear() {
    from = 0;
    to = 0;
  }

  void add(long instant, long lack) {
    int end = to;
    while (end > from && entries[end - 1] >= lack) {
      end -= 2;
    }
    if (from == end) {
      from = 0;
      end = 0;
    }
    if (end == entries.length) {
      end = makeRoom(end);
    }
    entries[end] = instant;
    entries[end + 1] = lack;
    to = end + 2;
    if (to - from > 2 * MOST) {
      entries[from + 3] = Math.min(entries[from + 1], entries[from + 3]);
      from += 2;
    }
  }

  private int makeRoom(int end) {
    int size = end - from;
    int length = size > entries.length / 2 ? 2 * entries.length : entries.length;
    long[] roomier = Arrays.copyOf(entries, length);
    System.arraycopy(entries, from, roomier, 0, size);
    entries = roomier;
    from = 0;
    return size;
  }

  /** The least that lacked before any start after an instant; a lot if there was none. */
  long leastAfter(long instant) {
    long least = Long.MAX_VALUE;
    for (int i = to; i > from && entries[i - 2] > instant; i -= 2) {
      least = Math.min(least, entries[i - 1]);
    }
    return least;
  }

  /** So much less has lacked before all starts after an instant. */
  void lowerAfter(long instant, long nanos) {
    for (int i = to; i > from && entries[i - 2] > instant; i -= 2) {
      entries[i - 1] -= nanos;
    }
  }
}
