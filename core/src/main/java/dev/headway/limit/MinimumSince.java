package dev.headway.limit;

import java.util.Arrays;

/**
 * The minimum of a value since an instant: here the deficit of a bucket, in nanoseconds, just
 * before each start.
 *
 * <p>The algorithm is a monotonic queue. An entry is kept only while no later one is smaller. It
 * holds 1,000 entries; of more, the two oldest are merged, which makes the minimum too small at
 * worst.
 */
final class MinimumSince {

  private static final int MOST = 1_000;

  /** Pairs of an instant and its value. */
  private long[] entries = new long[16];

  /** The entries are in {@code [from, to)}. */
  private int from;

  private int to;

  void clear() {
    from = 0;
    to = 0;
  }

  void add(long instant, long value) {
    int end = to;
    while (end > from && entries[end - 1] >= value) {
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
    entries[end + 1] = value;
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

  /** The smallest value after an instant; {@link Long#MAX_VALUE} if there is none. */
  long leastAfter(long instant) {
    long least = Long.MAX_VALUE;
    for (int i = to; i > from && entries[i - 2] > instant; i -= 2) {
      least = Math.min(least, entries[i - 1]);
    }
    return least;
  }

  /** Lowers all values after an instant. */
  void lowerAfter(long instant, long nanos) {
    for (int i = to; i > from && entries[i - 2] > instant; i -= 2) {
      entries[i - 1] -= nanos;
    }
  }
}
