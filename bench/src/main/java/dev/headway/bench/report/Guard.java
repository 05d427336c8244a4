package dev.headway.bench.report;

/**
 * The ratios that fail a quick run, beyond the effect of noise. Each is one and a half times its
 * target, or, where the target is not met, its usual value when it was last checked; the comments
 * say which.
 */
public enum Guard {
  COST_WINDOW(1.9, "a window, × the floor"),
  COST_BUCKET(1.9, "a token bucket, × the floor"),
  COST_SPACING(1.9, "a spacing, × the floor"),
  COST_COMPOSITE(3, "three limits, × the cheapest of them"),
  // Usual: 1 to 4, as the two threads collide or alternate every few microseconds.
  COST_BESIDE_PEERS_ON_TWO(6, "a window on two threads, × the cheapest peer"),
  // A rule, not noise: the target itself.
  FULLEST_FROM_END(100, Kind.RULE, "fullest window from the end, % of the rate"),
  // A late wake-up moves the instant that a caller sees: one caller in a thousand is tolerated.
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

  /** The causes that can move a measurement beyond its guard. */
  private enum Kind {
    /** Noise of unknown size. */
    NOISY(1.1),
    /** Noise, but not in the best of several measurements. */
    EXACT(1),
    /** Only a fault. */
    RULE(1);

    /** The tolerance for the best of several measurements, × the guard. */
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

  /** The better of two measurements. One that could not be measured is the worst. */
  double better(double one, double other) {
    if (isRule()) {
      return Math.max(one, other);
    }
    return Double.isNaN(one) ? other : Double.isNaN(other) ? one : Math.min(one, other);
  }

  /** The best of several measurements, which fails only if it misses clearly. */
  Check verdict(double best) {
    return new Check(name(), what, most, best, best <= most * kind.margin);
  }

  /** A measurement beside what is tolerated. */
  public record Check(String guard, String what, double most, double measured, boolean passed) {}
}
