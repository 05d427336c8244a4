package dev.headway.bench.growth;

import dev.headway.Headway;
import dev.headway.Results;
import dev.headway.bench.Forked;
import dev.headway.bench.Heap;
import dev.headway.bench.peers.Runs;
import java.util.List;

/** Measures the memory of a run when half of its results have been read, in a JVM of its own. */
public final class HeldProbe {

  private HeldProbe() {}

  /** In bytes. */
  static double bytes(int items) {
    return Forked.run(HeldProbe.class, List.of("-Xmx2g"), items)[0];
  }

  /** Argument: the number of items. */
  public static void main(String[] arguments) {
    int items = Integer.parseInt(arguments[0]);
    hold(1_000);
    Forked.answer((double) hold(items));
  }

  private static long hold(int items) {
    long before = Heap.used();
    long held = 0;
    int read = 0;
    try (Results<Integer, Integer> results =
        Headway.unthrottled().concurrency(100).map(Runs.numbers(items), item -> item + 1)) {
      for (Integer result : results) {
        if (result > 0 && ++read == items / 2) {
          held = Heap.used() - before;
        }
      }
    }
    return held;
  }
}
