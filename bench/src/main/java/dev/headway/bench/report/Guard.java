package dev.headway.bench.report;

/**
 * What fails a quick run: ratios beyond what noise can do. Each is one and a half times its target,
 * or what was usual when it was last looked at where that is not met; the comments say which.
 */
public enum Guard {
  COST_WINDOW(1.9, "a window, × the floor"),
  COST_BUCKET(1.9, "a token bucket, × the floor"),
  COST_SPACING(1.9, "a spacing, × the floor"),
  COST_COMPOSITE(3, "three limits, × the cheapest of them"),
  // Usual: 1 to 4, as the two get in each other's way or take turns of some microseconds.
  COST_BESIDE_PEERS_ON_TWO(6, "a window on two threads, × the cheapest peer"),
  // Not of noise but of the rules: the target itself.
  FULLEST_FROM_END(100, "fullest window from the end, % of the rate"),
  // What callers see is moved by how late each wakes: one caller in a thousand is tolerated.
  FULLEST(100.2, "fullest window from the start, or spaced, % of the rate"),
  // Twice the target of 0.1.
  LATENESS(0.2, "mean lateness, % of the period"),
  // Usual: up to 0.9.
  RUNS_TRIVIAL(1.4, "trivial items, × the best peer's time"),
  // Usual: up to 1.
  RUNS_ORDERED(1.5, "trivial items in order, × the best peer's time"),
  // Far from usual, which is up to 0.03 and up to 0.35: Redis and its callers share the processors.
  SHARED_BUCKET4J(0.1, "a shared grant, 64 callers, × Bucket4j's time"),
  SHARED_REDISSON(1, "a shared grant, 64 callers, × Redisson's time"),
  // Usual: 2 to 3.
  SHARED_LATENCY(4.5, "a shared grant, one caller, × a plain script's time");

  private final double most;
  private final String what;

  Guard(double most, String what) {
    this.most = most;
    this.what = what;
  }

  /** A measurement beside what is tolerated. */
  public Check check(double measured) {
    return new Check(name(), what, most, measured, measured <= most);
  }

  /** Whether a measurement is tolerated, as {@link #check}. */
  public boolean tolerates(double measured) {
    return measured <= most;
  }

  /** A measurement beside what is tolerated. */
  public record Check(String guard, String what, double most, double measured, boolean passed) {}
}
