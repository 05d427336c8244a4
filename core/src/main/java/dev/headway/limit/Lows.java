package dev.headway.limit;

import java.util.Arrays;

/**
 * What a bucket lacked, in time, just before each start; one is kept while no later start has found
 * less. A thousand are kept exactly; of more, the two oldest are taken for one.
 */
final class Lows {

  private static final int MOST = 1_000;

  private long[] instants = new long[8];
  private long[] lacks = new long[8];

  /** They are in {@code [from, to)}. */
  private int from;

  private int to;

  void add(long instant, long lack) {
    while (to > from && lacks[to - 1] >= lack) {
      to--;
    }
    if (from == to) {
      from = 0;
      to = 0;
    }
    if (to == instants.length) {
      makeRoom();
    }
    instants[to] = instant;
    lacks[to++] = lack;
    if (to - from > MOST) {
      lacks[from + 1] = Math.min(lacks[from], lacks[from + 1]);
      from++;
    }
  }

  private void makeRoom() {
    int size = to - from;
    int length = size > instants.length / 2 ? 2 * instants.length : instants.length;
    long[] roomier = Arrays.copyOf(instants, length);
    long[] roomierLacks = Arrays.copyOf(lacks, length);
    System.arraycopy(instants, from, roomier, 0, size);
    System.arraycopy(lacks, from, roomierLacks, 0, size);
    instants = roomier;
    lacks = roomierLacks;
    from = 0;
    to = size;
  }

  /** The least that lacked before any start after an instant; a lot if there was none. */
  long leastAfter(long instant) {
    long least = Long.MAX_VALUE;
    for (int i = to; i > from && instants[i - 1] > instant; i--) {
      least = Math.min(least, lacks[i - 1]);
    }
    return least;
  }

  /** So much less has lacked before all starts after an instant. */
  void lowerAfter(long instant, long nanos) {
    for (int i = to; i > from && instants[i - 1] > instant; i--) {
      lacks[i - 1] -= nanos;
    }
  }
}
