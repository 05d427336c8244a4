package dev.headway.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * What one part has found.
 *
 * @param part its name
 * @param title for people
 * @param about what was measured and how, a paragraph each
 */
public record Report(
    String part,
    String title,
    List<String> about,
    List<Table> tables,
    List<Verdict> verdicts,
    List<Guard.Check> checks,
    List<Plot> plots) {

  /** An empty one. */
  public Report(String part, String title, String... about) {
    this(
        part,
        title,
        List.of(about),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>());
  }

  /** Adds a table. */
  public void add(Table table) {
    tables.add(table);
  }

  /** Adds a plot. */
  public void add(Plot plot) {
    plots.add(plot);
  }

  /** Says whether a target was met. */
  public void judge(Target target, double measured) {
    verdicts.add(target.judge(measured));
  }

  /** Says whether a guard lets it pass. */
  public void check(Guard guard, double measured) {
    checks.add(guard.check(measured));
  }
}
