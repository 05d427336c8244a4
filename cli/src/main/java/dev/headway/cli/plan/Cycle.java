package dev.headway.cli.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A part of a simulated run that the run repeats from then on: its starts, and the limits that held
 * them up. Instants count from where the first repetition begins.
 */
final class Cycle {

  private final long[] starts;
  private final String[] heldBy;

  /** For each limit, how long it holds up starts until each of them. */
  private final Map<String, long[]> held = new HashMap<>();

  /**
   * A cycle that ends with its last start.
   *
   * @param starts when requests start, ascending
   * @param heldBy the limit that each waits for, from the start before it
   */
  Cycle(long[] starts, String[] heldBy) {
    this.starts = starts.clone();
    this.heldBy = heldBy.clone();
    for (String limit : Set.copyOf(List.of(heldBy))) {
      long[] sums = new long[starts.length];
      long sum = 0;
      for (int i = 0; i < starts.length; i++) {
        sum += heldBy[i].equals(limit) ? starts[i] - (i == 0 ? 0 : starts[i - 1]) : 0;
        sums[i] = sum;
      }
      held.put(limit, sums);
    }
  }

  /** How many requests start in it. */
  int size() {
    return starts.length;
  }

  /** How long it is. */
  long nanos() {
    return starts[starts.length - 1];
  }

  /** The limits that hold up requests; empty for those that nothing holds up. */
  Set<String> limits() {
    return held.keySet();
  }

  /** How many requests start before an instant in so many repetitions. */
  long startsBefore(long instant, long times) {
    if (instant <= 0 || nanos() == 0) {
      return instant <= 0 ? 0 : times * size();
    }
    long whole = (instant - 1) / nanos();
    return Math.min(times * size(), whole * size() + countBefore(instant - whole * nanos()));
  }

  private int countBefore(long instant) {
    int low = 0;
    int high = starts.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (starts[middle] < instant) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** For how long a limit holds up requests before an instant in the repetitions. */
  long heldBefore(String limit, long instant) {
    if (instant <= 0 || nanos() == 0) {
      return 0;
    }
    long[] sums = held.getOrDefault(limit, new long[starts.length]);
    long whole = (instant - 1) / nanos();
    long rest = instant - whole * nanos();
    int next = countBefore(rest);
    long before = next == 0 ? 0 : sums[next - 1];
    long since = rest - (next == 0 ? 0 : starts[next - 1]);
    boolean holds = next < starts.length && heldBy[next].equals(limit);
    return whole * sums[starts.length - 1] + before + (holds ? since : 0);
  }
}
