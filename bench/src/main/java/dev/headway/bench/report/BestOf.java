package dev.headway.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The measurements of a part for which guards are set. A part of which one misses its guard is
 * measured again, three times at most, and of each the best counts: other work on the machine makes
 * a measurement worse, and never better. A guard fails only if the best misses it by more than
 * noise can do. A guard of a rule, which noise cannot break, has no second chance.
 */
public final class BestOf {

  /** How often a part is measured at most. */
  static final int MOST = 3;

  private final Map<Guard, Double> best = new LinkedHashMap<>();
  private Report last;
  private int count = 1;

  /** Begins with a first measurement. */
  public BestOf(Report first) {
    last = first;
    keepBest(first);
  }

  /** Adds what was measured again. */
  public void add(Report again) {
    last = again;
    count++;
    keepBest(again);
  }

  private void keepBest(Report report) {
    for (Guard.Check check : report.checks()) {
      Guard guard = Guard.valueOf(check.guard());
      best.merge(guard, check.measured(), (one, other) -> guard.better(one, other));
    }
  }

  /** What has missed its guard every time, if it may be measured again. */
  public List<String> toRepeat() {
    boolean broken = best.keySet().stream().anyMatch(guard -> guard.isRule() && misses(guard));
    return count >= MOST || broken
        ? List.of()
        : best.keySet().stream().filter(this::misses).map(Guard::what).toList();
  }

  private boolean misses(Guard guard) {
    return !guard.tolerates(best.getOrDefault(guard, Double.NaN));
  }

  /** The last measurement, with the best of all for each guard. */
  public Report report() {
    List<Guard.Check> checks =
        best.entrySet().stream().map(entry -> entry.getKey().verdict(entry.getValue())).toList();
    return new Report(
        last.part(),
        last.title(),
        last.about(),
        last.tables(),
        last.verdicts(),
        checks,
        last.plots());
  }
}
