package dev.headway.bench.runs;

import java.util.function.Function;

/** The work of a run. */
enum Scenario {
  /** No work: this measures the running itself. */
  TRIVIAL("trivial items", 500_000, 100, 0),
  /** A millisecond of waiting per item: this measures the time lost between items. */
  SLEEPING("items of 1 ms", 20_000, 1_000, 1);

  final String title;
  final int items;
  final int atOnce;
  private final long millis;

  Scenario(String title, int items, int atOnce, long millis) {
    this.title = title;
    this.items = items;
    this.atOnce = atOnce;
    this.millis = millis;
  }

  Function<Integer, Integer> work() {
    return millis == 0
        ? item -> item + 1
        : item -> {
          try {
            Thread.sleep(millis);
          } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while measuring", e);
          }
          return item + 1;
        };
  }

  /** The time of the waits alone. */
  double idealNanos() {
    return 1e6 * millis * items / atOnce;
  }
}
