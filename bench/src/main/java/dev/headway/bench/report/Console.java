package dev.headway.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Prints a report as lines for a terminal. */
public final class Console {

  private Console() {}

  /** All lines of a report. */
  public static String text(Report report) {
    StringBuilder text = new StringBuilder();
    report.tables().forEach(table -> append(text, table));
    if (!report.verdicts().isEmpty()) {
      append(text, Verdicts.table(report.verdicts()));
    }
    if (!report.checks().isEmpty()) {
      Table checks = new Table("Guards", "guard", "measured", "at most", "");
      for (Guard.Check check : report.checks()) {
        checks.add(
            check.what(), check.measured(), check.most(), check.passed() ? "passed" : "FAILED");
      }
      append(text, checks);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Table table) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(table.columns());
    table.rows().forEach(row -> lines.add(row.stream().map(Cells::text).toList()));
    int[] widths = new int[table.columns().size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    text.append('\n').append(table.title()).append('\n');
    for (List<String> line : lines) {
      StringBuilder row = new StringBuilder("  ");
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - line.get(i).length());
        boolean words = table.rows().isEmpty() || table.rows().getFirst().get(i) instanceof String;
        row.append(words ? line.get(i) + padding : padding + line.get(i)).append("  ");
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
  }
}
