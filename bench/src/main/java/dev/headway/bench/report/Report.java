package dev.headway.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * The results of one part.
 *
 * @param part its name
 * @param title its title, for people
 * @param about the method, a paragraph each
 */
public record Report(
    String part,
    String title,
    List<String> about,
    List<Table> tables,
    List<Verdict> verdicts,
    List<Guard.Check> checks,
    List<Plot> plots) {

  /** Creates an empty report. */
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

  /** Adds whether a target was met. */
  public void judge(Target target, double measured) {
    verdicts.add(target.judge(measured));
  }

  /** Adds whether a guard was met. */
  public void check(Guard guard, double measured) {
    checks.add(guard.check(measured));
  }
}
