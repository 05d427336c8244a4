package dev.headway.bench.report;

import static dev.headway.bench.report.Target.Bound.AT_LEAST;
import static dev.headway.bench.report.Target.Bound.AT_MOST;
import static dev.headway.bench.report.Target.Bound.BELOW;

/** All targets of Headway. */
public enum Target {
  FULLEST_FROM_START(AT_MOST, 100.1, "% of the rate", "fullest window, counted from the start"),
  FULLEST_FROM_END(AT_MOST, 100, "% of the rate", "fullest window, counted from the end"),
  FULLEST_SPACING(AT_MOST, 100.1, "% of the rate", "fullest window, spaced"),
  LATENESS_MEAN(AT_MOST, 0.1, "% of the period", "mean lateness of a grant"),
  LATENESS_P99(AT_MOST, 5, "ms", "99th percentile of the lateness"),

  COST_WINDOW(AT_MOST, 1.25, "× the floor", "a window, one thread"),
  COST_BUCKET(AT_MOST, 1.25, "× the floor", "a token bucket, one thread"),
  COST_SPACING(AT_MOST, 1.25, "× the floor", "a spacing, one thread"),
  COST_BESIDE_PEERS(BELOW, 1, "× the cheapest peer", "the dearest of the three, one thread"),
  COST_BESIDE_PEERS_ON_TWO(
      BELOW, 1, "× the cheapest peer", "the dearest of the three, two threads"),
  COST_COMPOSITE(AT_MOST, 2, "× the cheapest of its limits", "three limits, one thread"),
  // Less than a byte is not an object per call but the occasional growth of a log.
  ALLOCATION(BELOW, 1, "bytes a call", "most allocated where there is nothing to give back"),

  RUNS_TRIVIAL(AT_LEAST, 5, "× the best peer", "trivial items a second, 100 at once"),
  RUNS_ORDERED(AT_LEAST, 3, "× the best peer", "trivial items a second, 100 at once, in order"),
  RUNS_SLEEPING(AT_LEAST, 98, "% of the ideal", "items of 1 ms, 1,000 at once"),

  WAITING_ASYNC(AT_MOST, 150, "bytes", "each of a million acquireAsync callers"),
  WAITING_BLOCKED(AT_MOST, 150, "bytes", "each of a million blocked threads, beyond the thread"),
  GRANT_ASYNC(AT_MOST, 2, "× that with 10", "a grant with 100,000 waiting, without threads"),
  GRANT_BLOCKED(AT_MOST, 2, "× that with 10", "a grant with 100,000 waiting, each a thread"),

  IDLE(BELOW, 2, "% of a core", "10,000 waiting at 10/s"),

  SHARED_BUCKET4J(AT_LEAST, 100, "× Bucket4j", "grants a second of a shared limit, 64 callers"),
  SHARED_REDISSON(AT_LEAST, 10, "× Redisson", "grants a second of a shared limit, 64 callers"),
  SHARED_LATENCY_IN_A_ROW(
      AT_MOST, 1.2, "× a plain script", "a shared grant to one caller, one after the other"),
  SHARED_LATENCY_APART(
      AT_MOST, 1.2, "× a plain script", "a shared grant to one caller, 5 ms apart"),

  GROWTH_THREADS(AT_MOST, 0.1, "as exponent", "cost of a call against threads"),
  GROWTH_WINDOW(AT_MOST, 0.1, "as exponent", "cost of a call against the window's size"),
  GROWTH_RUN(AT_MOST, 0.1, "as exponent", "cost of an item against the run's length"),
  EMPTY_WINDOW(BELOW, 80, "MB", "a window of 10,000,000 a day before its first permit");

  /** The side of the limit that meets the target. */
  enum Bound {
    AT_MOST("≤ "),
    BELOW("< "),
    AT_LEAST("≥ ");

    final String sign;

    Bound(String sign) {
      this.sign = sign;
    }
  }

  private final Bound bound;
  private final double limit;
  private final String unit;
  private final String what;

  Target(Bound bound, double limit, String unit, String what) {
    this.bound = bound;
    this.limit = limit;
    this.unit = unit;
    this.what = what;
  }

  /** Whether a measurement meets the target. */
  public Verdict judge(double measured) {
    boolean met =
        switch (bound) {
          case AT_MOST -> measured <= limit;
          case BELOW -> measured < limit;
          case AT_LEAST -> measured >= limit;
        };
    return new Verdict(name(), what, bound.sign + Cells.text(limit) + " " + unit, measured, met);
  }
}
