package dev.headway.bench.report;

import java.util.List;

/** Targets as a table. */
final class Verdicts {

  private Verdicts() {}

  static Table table(List<Verdict> verdicts) {
    Table table = new Table("Targets", "target", "wanted", "measured", "");
    for (Verdict verdict : verdicts) {
      table.add(
          verdict.what(), verdict.wanted(), verdict.measured(), verdict.met() ? "met" : "not met");
    }
    return table;
  }
}
