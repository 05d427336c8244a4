package dev.headway.bench.waiting;

import dev.headway.bench.Effort;
import dev.headway.bench.Part;
import dev.headway.bench.report.Report;
import dev.headway.bench.report.Table;
import dev.headway.bench.report.Target;
import java.util.function.Consumer;

/** Measures the processor time of waiting callers. */
public final class Idle implements Part {

  private static final int WAITING = 10_000;

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public boolean quick() {
    return false;
  }

  @Override
  public Report run(Effort effort, Consumer<String> progress) {
    int seconds = effort.choose(10, 3);
    Report report =
        new Report(
            "idle",
            "Processor time of waiting callers",
            "10,000 virtual threads acquire and close in a loop, at 10 per second; the"
                + " processor time of the whole process over "
                + seconds
                + " seconds.");
    Table table = new Table("Idle", "rule", "waiting", "% of a core");
    double most = 0;
    for (Stillness.Kind kind : Stillness.Kind.values()) {
      progress.accept(kind.toString());
      double percent = Stillness.percentOfACore(kind, WAITING, seconds);
      table.add(kind == Stillness.Kind.WINDOW ? "window" : "spacing", WAITING, percent);
      most = Math.max(most, percent);
    }
    report.add(table);
    report.judge(Target.IDLE, most);
    return report;
  }
}
