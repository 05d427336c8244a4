package dev.headway.throttle.spi;

import java.util.Arrays;

/**
 * When the permits that are open were started, and how much of one currency they took: for limits
 * that are added later.
 *
 * <p>The algorithm: a log of instants and of what is still open of each. An end is looked for from
 * the last start, and then by halving. When the log is full, what has ended is dropped from it, and
 * what is older than is remembered, since permits may be left open; only if most of it is left then
 * does it grow. So it holds no more than twice the open permits of that time, and a log of steady
 * length allocates nothing.
 */
final class OpenStarts {

  private static final int SMALLEST = 8;

  /** Pairs of an instant and an amount, in the order of the instants. */
  private long[] entries = new long[SMALLEST];

  private int end;

  /** What was started until then may have been dropped. */
  private long forgottenUntil = Long.MIN_VALUE;

  /** Takes an open amount. */
  interface Taker {
    void take(long startedAt, long amount);
  }

  /**
   * An amount starts.
   *
   * @param now not before any other
   * @param memory for how long what is open is remembered at least
   */
  void start(long now, long amount, long memory) {
    if (end > 0 && entries[end - 2] == now) {
      entries[end - 1] += amount;
      return;
    }
    if (end == entries.length) {
      makeRoom(now - memory);
    }
    entries[end] = now;
    entries[end + 1] = amount;
    end += 2;
  }

  private void makeRoom(long forget) {
    int kept = 0;
    for (int i = 0; i < end; i += 2) {
      if (entries[i] <= forget) {
        forgottenUntil = entries[i];
      } else if (entries[i + 1] > 0) {
        entries[kept] = entries[i];
        entries[kept + 1] = entries[i + 1];
        kept += 2;
      }
    }
    end = kept;
    if (kept > entries.length / 2) {
      entries = Arrays.copyOf(entries, 2 * entries.length);
    }
  }

  /** What was started at an instant takes so much more, or less; nothing if it is forgotten. */
  void change(long startedAt, long by) {
    int at = end - 2;
    if (at < 0 || entries[at] != startedAt) {
      at = indexOf(startedAt);
    }
    if (at < end && entries[at] == startedAt) {
      entries[at + 1] += by;
    } else if (by > 0 && startedAt > forgottenUntil) {
      insert(at, startedAt, by);
    }
    while (end > 0 && entries[end - 1] <= 0) {
      end -= 2;
    }
  }

  /** Of the first that is not before an instant, by halving. */
  private int indexOf(long instant) {
    int low = 0;
    int high = end / 2;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entries[2 * middle] < instant) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return 2 * low;
  }

  /** What had started without it takes some of this currency now. */
  private void insert(int at, long startedAt, long amount) {
    if (end == entries.length) {
      entries = Arrays.copyOf(entries, 2 * entries.length);
    }
    System.arraycopy(entries, at, entries, at + 2, end - at);
    entries[at] = startedAt;
    entries[at + 1] = amount;
    end += 2;
  }

  /** From when on all that is open is known, if it is to be from some instant on. */
  long knownSince(long instant) {
    return Math.max(instant, forgottenUntil);
  }

  /** Hands out what is open and was started after an instant, in order. */
  void after(long instant, Taker taker) {
    for (int i = 0; i < end; i += 2) {
      if (entries[i] > instant && entries[i + 1] > 0) {
        taker.take(entries[i], entries[i + 1]);
      }
    }
  }
}
