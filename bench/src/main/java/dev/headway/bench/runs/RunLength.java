package dev.headway.bench.runs;

import dev.headway.bench.Numbers;
import dev.headway.bench.peers.Runs;

/** Runs of any length. */
public final class RunLength {

  /** The least number of items to warm up, and to measure. */
  private static final int WARM_UP_ITEMS = 2_000_000;

  private static final int MEASURED_ITEMS = 1_000_000;
  private static final int TIMES = 3;

  private RunLength() {}

  /** The median of a few runs. */
  public static double nanosAnItem(Runs candidate, int items) {
    int warmUps = Math.max(1, WARM_UP_ITEMS / items);
    int times = Math.max(TIMES, MEASURED_ITEMS / items);
    return Numbers.median(RunProbe.times(candidate, Scenario.TRIVIAL, items, warmUps, times))
        / items;
  }
}
