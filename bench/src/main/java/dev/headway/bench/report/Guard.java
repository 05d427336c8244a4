package dev.headway.bench.report;

/**
 * What fails a quick run: ratios so far beyond what is usual that noise cannot be the reason. Each
 * is twice the target, or one and a half times what was usual when it was last looked at, whichever
 * is looser; the comments say which.
 */
public enum Guard {
  // Twice the target of 1.25.
  COST_WINDOW(2.5, "a window, × the floor"),
  // Usual: 2.25.
  COST_BUCKET(3.4, "a token bucket, × the floor"),
  // Usual: 1.8.
  COST_SPACING(2.7, "a spacing, × the floor"),
  // Twice the target of 2.
  COST_COMPOSITE(4, "three limits, × the cheapest of them"),
  // Usual: 1.9 to 3.8, as the two get in each other's way.
  COST_BESIDE_PEERS_ON_TWO(5.7, "a window on two threads, × the cheapest peer"),
  // Not of noise but of the rules: the target itself.
  FULLEST_FROM_END(100, "fullest window from the end, % of the rate"),
  // What callers see is moved by how late each wakes; usual: 101.
  FULLEST(110, "fullest window from the start, or spaced, % of the rate"),
  // Twice the target of 0.1.
  LATENESS(0.2, "mean lateness, % of the period"),
  // Usual: up to 4.7.
  RUNS_TRIVIAL(7.1, "trivial items, × the best peer's time"),
  // Usual: up to 4.3.
  RUNS_ORDERED(6.4, "trivial items in order, × the best peer's time");

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
