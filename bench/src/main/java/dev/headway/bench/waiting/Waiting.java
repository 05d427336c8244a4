package dev.headway.bench.waiting;

import dev.headway.bench.Effort;
import dev.headway.bench.Numbers;
import dev.headway.bench.Part;
import dev.headway.bench.report.Plot;
import dev.headway.bench.report.Report;
import dev.headway.bench.report.Table;
import dev.headway.bench.report.Target;
import dev.headway.bench.waiting.Population.Kind;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/** Measures the cost of waiting: memory and grants. */
public final class Waiting implements Part {

  private static final int MILLION = 1_000_000;
  private static final int[] LINES = {10, 100, 1_000, 10_000, 100_000};
  private static final int TRIES = 2;

  @Override
  public String name() {
    return "waiting";
  }

  @Override
  public boolean quick() {
    return false;
  }

  @Override
  public Report run(Effort effort, Consumer<String> progress) {
    int howMany = effort.choose(MILLION, MILLION / 10);
    int tries = effort.choose(TRIES, 1);
    Report report =
        new Report(
            "waiting",
            "What waiting costs",
            "Memory is the growth of the heap after a collection, divided by the number of waiting"
                + " callers; a future, a virtual thread and its stack are part of the caller.",
            "A grant: one caller runs at a time and then queues again at once, so the number of"
                + " waiting callers stays the same; the best of "
                + tries
                + ". With threads it includes two thread switches, as a fair Semaphore of the JDK"
                + " does; without threads, a new virtual thread that completes the future.");
    memory(report, howMany, progress);
    grants(report, tries, progress);
    return report;
  }

  private static void memory(Report report, int howMany, Consumer<String> progress) {
    Map<Kind, Double> bytes = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      progress.accept("memory, " + kind);
      bytes.put(kind, Population.bytesEach(kind, howMany));
    }
    double async = bytes.getOrDefault(Kind.ASYNC, Double.NaN);
    double blocked = bytes.getOrDefault(Kind.BLOCKED, Double.NaN);
    double parked = bytes.getOrDefault(Kind.PARKED, Double.NaN);
    Table table = new Table("Memory", "callers", "number", "bytes each", "beyond the thread");
    table.add("callers of acquireAsync", howMany, async, "");
    table.add("virtual threads in acquire", howMany, blocked, blocked - parked);
    table.add("virtual threads in LockSupport.park", howMany, parked, "");
    report.add(table);
    report.judge(Target.WAITING_ASYNC, async);
    report.judge(Target.WAITING_BLOCKED, blocked - parked);
    if (report.verdicts().stream().anyMatch(verdict -> !verdict.met())) {
      progress.accept("what is held");
      report.add(
          Table.ofLines(
              "What a blocked thread holds",
              "class",
              "bytes",
              Population.holdings(Kind.BLOCKED, howMany)));
    }
  }

  private static void grants(Report report, int tries, Consumer<String> progress) {
    Table table =
        new Table(
            "A grant",
            "waiting",
            "async ns",
            "thread ns",
            "fair Semaphore ns",
            "async × 10",
            "thread × 10",
            "Semaphore × 10");
    Map<Turns.Kind, double[]> nanos = new EnumMap<>(Turns.Kind.class);
    for (Turns.Kind kind : Turns.Kind.values()) {
      nanos.put(
          kind,
          Arrays.stream(LINES)
              .mapToDouble(waiting -> best(kind, waiting, tries, progress))
              .toArray());
    }
    double[] async = nanos.getOrDefault(Turns.Kind.ASYNC, new double[0]);
    double[] blocked = nanos.getOrDefault(Turns.Kind.BLOCKED, new double[0]);
    double[] semaphore = nanos.getOrDefault(Turns.Kind.SEMAPHORE, new double[0]);
    for (int i = 0; i < LINES.length; i++) {
      table.add(
          LINES[i],
          async[i],
          blocked[i],
          semaphore[i],
          async[i] / async[0],
          blocked[i] / blocked[0],
          semaphore[i] / semaphore[0]);
    }
    report.add(table);
    int last = LINES.length - 1;
    report.judge(Target.GRANT_ASYNC, async[last] / async[0]);
    report.judge(Target.GRANT_BLOCKED, blocked[last] / blocked[0]);

    double[] lines = Arrays.stream(LINES).asDoubleStream().toArray();
    Plot plot =
        new Plot(
            "waiters", "A grant against the number of waiting callers", "waiting", "ns a grant");
    plot.add("acquireAsync", lines, async);
    plot.add("threads", lines, blocked);
    plot.add("threads, fair Semaphore", lines, semaphore);
    report.add(plot);
  }

  private static double best(Turns.Kind kind, int waiting, int tries, Consumer<String> progress) {
    double[] nanos = new double[tries];
    for (int i = 0; i < tries; i++) {
      progress.accept("grants, " + kind + ", waiting: " + waiting);
      nanos[i] = Turns.nanos(kind, waiting);
    }
    return Numbers.least(nanos);
  }
}
