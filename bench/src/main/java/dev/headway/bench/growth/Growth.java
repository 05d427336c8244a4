package dev.headway.bench.growth;

import dev.headway.bench.Effort;
import dev.headway.bench.Numbers;
import dev.headway.bench.Part;
import dev.headway.bench.costs.Contended;
import dev.headway.bench.peers.Runs;
import dev.headway.bench.report.Plot;
import dev.headway.bench.report.Report;
import dev.headway.bench.report.Table;
import dev.headway.bench.report.Target;
import dev.headway.bench.runs.RunLength;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Measures how costs grow with the work. */
public final class Growth implements Part {

  private static final int[] THREADS = {1, 2, 4, 8, 16, 32, 64};
  private static final int[] WINDOWS = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000};
  private static final int[] LENGTHS = {1_000, 10_000, 100_000, 1_000_000, 10_000_000};

  @Override
  public String name() {
    return "growth";
  }

  @Override
  public boolean quick() {
    return false;
  }

  @Override
  public Report run(Effort effort, Consumer<String> progress) {
    Report report =
        new Report(
            "growth",
            "How costs grow with the work",
            "The exponent is that of the best-fitting power of the size: 0 is a constant cost, 1 a"
                + " proportional one. Grants against the number of waiting callers are above.",
            "Threads: tryAcquire that succeeds, all threads on one limiter; the best time divided"
                + " by the calls of all. Windows: tryAcquire that succeeds in a window whose oldest"
                + " starts leave as fast as new ones enter, and the memory of a window of a day"
                + " before its first permit and when all are taken. Runs: trivial items, 100"
                + " concurrently; the memory is the growth of the heap when half of the results"
                + " have been read.");
    threads(report, progress);
    windows(report, progress);
    runs(report, progress);
    return report;
  }

  private static void threads(Report report, Consumer<String> progress) {
    Map<Contended, double[]> nanos = new EnumMap<>(Contended.class);
    for (Contended each : Contended.values()) {
      nanos.put(
          each,
          Arrays.stream(THREADS)
              .mapToDouble(threads -> {
                progress.accept(each.title() + ", threads: " + threads);
                return each.nanos(threads);
              })
              .toArray());
    }
    List<String> columns = new ArrayList<>(List.of("threads"));
    nanos.keySet().forEach(each -> columns.add(each.title() + " ns"));
    Table table = new Table("A call against threads", columns, new ArrayList<>());
    for (int i = 0; i < THREADS.length; i++) {
      List<Object> row = new ArrayList<>(List.of(THREADS[i]));
      for (double[] each : nanos.values()) {
        row.add(each[i]);
      }
      table.add(row.toArray());
    }
    report.add(table);
    Plot plot =
        new Plot("threads", "A call against threads", "threads", "ns a call, of all threads");
    nanos.forEach((each, all) -> plot.add(each.title(), doubles(THREADS), all));
    report.add(plot);
    double[] ours = nanos.getOrDefault(Contended.WINDOW, new double[0]);
    report.judge(Target.GROWTH_THREADS, Numbers.exponent(doubles(THREADS), ours));
  }

  private static void windows(Report report, Consumer<String> progress) {
    Table table =
        new Table(
            "Windows of all sizes",
            "permits",
            "ns a call",
            "bytes when empty",
            "bytes when full",
            "bytes a permit");
    double[] nanos = new double[WINDOWS.length];
    double[] full = new double[WINDOWS.length];
    double empty = 0;
    for (int i = 0; i < WINDOWS.length; i++) {
      progress.accept("window, permits: " + WINDOWS[i]);
      WindowProbe.Measured measured = WindowProbe.measure(WINDOWS[i]);
      nanos[i] = measured.nanos();
      full[i] = measured.fullBytes();
      empty = measured.emptyBytes();
      table.add(WINDOWS[i], nanos[i], empty, full[i], full[i] / WINDOWS[i]);
    }
    report.add(table);
    Plot cost =
        new Plot("windows", "A call against the size of the window", "permits", "ns a call");
    cost.add("Headway window", doubles(WINDOWS), nanos);
    report.add(cost);
    Plot memory = new Plot("windows-memory", "Memory of a full window", "permits", "bytes");
    memory.add("Headway window", doubles(WINDOWS), full);
    report.add(memory);
    report.judge(Target.GROWTH_WINDOW, Numbers.exponent(doubles(WINDOWS), nanos));
    report.judge(Target.EMPTY_WINDOW, empty / 1e6);
  }

  private static void runs(Report report, Consumer<String> progress) {
    Table table =
        new Table("Runs of all lengths", "items", "ns an item", "ordered ns an item", "bytes held");
    double[] nanos = new double[LENGTHS.length];
    double[] ordered = new double[LENGTHS.length];
    for (int i = 0; i < LENGTHS.length; i++) {
      progress.accept("run, items: " + LENGTHS[i]);
      nanos[i] = RunLength.nanosAnItem(Runs.HEADWAY, LENGTHS[i]);
      ordered[i] = RunLength.nanosAnItem(Runs.HEADWAY_ORDERED, LENGTHS[i]);
      table.add(LENGTHS[i], nanos[i], ordered[i], HeldProbe.bytes(LENGTHS[i]));
    }
    report.add(table);
    Plot plot = new Plot("runs", "An item against the length of the run", "items", "ns an item");
    plot.add("as they complete", doubles(LENGTHS), nanos);
    plot.add("in input order", doubles(LENGTHS), ordered);
    report.add(plot);
    report.judge(Target.GROWTH_RUN, Numbers.exponent(doubles(LENGTHS), nanos));
  }

  private static double[] doubles(int[] numbers) {
    return Arrays.stream(numbers).asDoubleStream().toArray();
  }
}
