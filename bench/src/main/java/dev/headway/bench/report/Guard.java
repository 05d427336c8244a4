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
  FULLEST_FROM_END(100, Kind.RULE, "fullest window from the end, % of the rate"),
  // What callers see is moved by how late each wakes: one caller in a thousand is tolerated.
  FULLEST(100.2, Kind.EXACT, "fullest window from the start, or spaced, % of the rate"),
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
  private final Kind kind;
  private final String what;

  /** What may move a measurement beyond its guard. */
  private enum Kind {
    /** Noise, and by how much is not known either. */
    NOISY(1.1),
    /** Noise, but not in the best of several measurements. */
    EXACT(1),
    /** Nothing but a fault. */
    RULE(1);

    /** What the best of several may be at most, × the guard. */
    final double margin;

    Kind(double margin) {
      this.margin = margin;
    }
  }

  Guard(double most, String what) {
    this(most, Kind.NOISY, what);
  }

  Guard(double most, Kind kind, String what) {
    this.most = most;
    this.kind = kind;
    this.what = what;
  }

  /** A measurement beside what is tolerated. */
  public Check check(double measured) {
    return new Check(name(), what, most, measured, tolerates(measured));
  }

  /** Whether a measurement is tolerated, as {@link #check}. */
  public boolean tolerates(double measured) {
    return measured <= most;
  }

  String what() {
    return what;
  }

  /** Whether one measurement that misses it is enough. */
  boolean isRule() {
    return kind == Kind.RULE;
  }

  /** The one of two measurements that counts. What could not be measured is worse than anything. */
  double better(double one, double other) {
    if (isRule()) {
      return Math.max(one, other);
    }
    return Double.isNaN(one) ? other : Double.isNaN(other) ? one : Math.min(one, other);
  }

  /** The best of several measurements, which fails only where it misses clearly. */
  Check verdict(double best) {
    return new Check(name(), what, most, best, best <= most * kind.margin);
  }

  /** A measurement beside what is tolerated. */
  public record Check(String guard, String what, double most, double measured, boolean passed) {}
}
