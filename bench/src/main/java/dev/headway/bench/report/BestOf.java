package dev.headway.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The measurements of a part that has guards. A part that misses a guard is measured again, up to
 * three times in all, and the best measurement of each guard counts: other work on the machine
 * makes a measurement worse, never better. A guard fails only if the best one misses it by more
 * than noise explains. A guard of a rule, which noise cannot break, is not measured again.
 */
public final class BestOf {

  /** The most measurements of a part. */
  static final int MOST = 3;

  private final Map<Guard, Double> best = new LinkedHashMap<>();
  private Report last;
  private int count = 1;

  /** Starts with a first measurement. */
  public BestOf(Report first) {
    last = first;
    keepBest(first);
  }

  /** Adds another measurement. */
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

  /** The guards that have missed every time and may be measured again. */
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
