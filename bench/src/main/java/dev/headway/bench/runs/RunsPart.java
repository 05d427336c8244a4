package dev.headway.bench.runs;

import dev.headway.bench.Effort;
import dev.headway.bench.Numbers;
import dev.headway.bench.Part;
import dev.headway.bench.peers.Runs;
import dev.headway.bench.peers.Runs.Order;
import dev.headway.bench.report.Guard;
import dev.headway.bench.report.Report;
import dev.headway.bench.report.Table;
import dev.headway.bench.report.Target;
import dev.headway.bench.report.Verdict;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;

/** Measures the cost of an item in a run of many. */
public final class RunsPart implements Part {

  private static final int ROUNDS = 2;

  /** With fewer, the code of some candidates is still being compiled while it is measured. */
  static final int WARM_UPS = 8;

  private static final int REPETITIONS = 5;
  private static final int QUICK_REPETITIONS = 2;

  @Override
  public String name() {
    return "runs";
  }

  @Override
  public boolean quick() {
    return true;
  }

  @Override
  public Report run(Effort effort, Consumer<String> progress) {
    return effort == Effort.FULL ? full(progress) : quick(progress);
  }

  private static Report full(Consumer<String> progress) {
    Report report =
        new Report(
            "runs",
            "What an item costs in a run",
            "Items are pulled from an Iterable, a function is applied to each, concurrently, and"
                + " the caller reads the results and adds them up. Candidates alternate, "
                + ROUNDS
                + " times each, in a JVM of their own each time, with "
                + WARM_UPS
                + " runs to warm up and "
                + REPETITIONS
                + " that count. The tables have the median, and the range from the fastest to the"
                + " slowest in percent of it. A target that is not met has a profile by the JDK's"
                + " Flight Recorder.",
            "Reactor and RxJava run on an executor with a virtual thread per task. The semaphore's"
                + " results are read after all items have been submitted. The floor is as many"
                + " virtual threads that pull from one iterator under a lock, without results.");
    Map<Runs, double[]> trivial =
        measure(Scenario.TRIVIAL, List.of(Runs.values()), REPETITIONS, progress);
    Table table =
        new Table(
            "500,000 trivial items, 100 at once",
            "what",
            "ns an item",
            "spread %",
            "× floor",
            "× ours");
    addTrivial(
        table,
        trivial,
        Runs.HEADWAY,
        runs -> runs.order() != Order.KEPT || runs == Runs.MAP_CONCURRENT);
    report.add(table);
    Table ordered =
        new Table(
            "The same, in input order", "what", "ns an item", "spread %", "× floor", "× ours");
    addTrivial(ordered, trivial, Runs.HEADWAY_ORDERED, runs -> runs.order() != Order.NONE);
    report.add(ordered);

    Map<Runs, double[]> sleeping =
        measure(Scenario.SLEEPING, List.of(Runs.values()), REPETITIONS, progress);
    report.add(sleeping(sleeping));

    report.judge(
        Target.RUNS_TRIVIAL, bestPeer(trivial, runs -> true) / median(trivial, Runs.HEADWAY));
    report.judge(
        Target.RUNS_ORDERED,
        bestPeer(trivial, runs -> runs.order() == Order.KEPT)
            / median(trivial, Runs.HEADWAY_ORDERED));
    report.judge(
        Target.RUNS_SLEEPING,
        100 * Scenario.SLEEPING.idealNanos() / median(sleeping, Runs.HEADWAY));
    profiles(report, progress);
    return report;
  }

  /** Profiles of the targets that are not met. */
  private static void profiles(Report report, Consumer<String> progress) {
    for (Verdict verdict : List.copyOf(report.verdicts())) {
      if (!verdict.met()) {
        progress.accept("profile: " + verdict.what());
        report.add(
            switch (Target.valueOf(verdict.target())) {
              case RUNS_SLEEPING -> RunProfile.table(Runs.HEADWAY, Scenario.SLEEPING);
              case RUNS_ORDERED -> RunProfile.table(Runs.HEADWAY_ORDERED, Scenario.TRIVIAL);
              default -> RunProfile.table(Runs.HEADWAY, Scenario.TRIVIAL);
            });
      }
    }
  }

  private static Report quick(Consumer<String> progress) {
    Report report = new Report("runs", "What an item costs in a run");
    Map<Runs, double[]> nanos =
        measure(
            Scenario.TRIVIAL,
            List.of(Runs.HEADWAY, Runs.HEADWAY_ORDERED, Runs.SEMAPHORE, Runs.MAP_CONCURRENT),
            QUICK_REPETITIONS,
            progress);
    Table table = new Table("500,000 trivial items, 100 at once", "what", "ns an item, at best");
    nanos.forEach(
        (runs, all) -> table.add(runs.title(), Numbers.least(all) / Scenario.TRIVIAL.items));
    report.add(table);
    report.check(
        Guard.RUNS_TRIVIAL,
        least(nanos, Runs.HEADWAY)
            / Math.min(least(nanos, Runs.SEMAPHORE), least(nanos, Runs.MAP_CONCURRENT)));
    report.check(
        Guard.RUNS_ORDERED, least(nanos, Runs.HEADWAY_ORDERED) / least(nanos, Runs.MAP_CONCURRENT));
    return report;
  }

  private static Map<Runs, double[]> measure(
      Scenario scenario, List<Runs> candidates, int repetitions, Consumer<String> progress) {
    Map<Runs, double[]> nanos = new EnumMap<>(Runs.class);
    for (int round = 1; round <= ROUNDS; round++) {
      for (Runs candidate : candidates) {
        progress.accept(
            candidate.title()
                + ", items: "
                + scenario.items
                + ", round "
                + round
                + " of "
                + ROUNDS);
        double[] these = RunProbe.times(candidate, scenario, scenario.items, WARM_UPS, repetitions);
        nanos.merge(candidate, these, RunsPart::both);
      }
    }
    return nanos;
  }

  private static double[] both(double[] some, double[] others) {
    return DoubleStream.concat(DoubleStream.of(some), DoubleStream.of(others)).toArray();
  }

  private static void addTrivial(
      Table table, Map<Runs, double[]> nanos, Runs ours, Predicate<Runs> which) {
    nanos.forEach((runs, all) -> {
      if (which.test(runs)) {
        table.add(
            runs.title(),
            Numbers.median(all) / Scenario.TRIVIAL.items,
            Numbers.spreadPercent(all),
            Numbers.median(all) / median(nanos, Runs.FLOOR),
            Numbers.median(all) / median(nanos, ours));
      }
    });
  }

  private static Table sleeping(Map<Runs, double[]> nanos) {
    Table table =
        new Table(
            "20,000 items of 1 ms, 1,000 at once",
            "what",
            "ms",
            "spread %",
            "% of the ideal",
            "% of the floor");
    nanos.forEach((runs, all) ->
        table.add(
            runs.title(),
            Numbers.median(all) / 1e6,
            Numbers.spreadPercent(all),
            100 * Scenario.SLEEPING.idealNanos() / Numbers.median(all),
            100 * median(nanos, Runs.FLOOR) / Numbers.median(all)));
    return table;
  }

  private static double bestPeer(Map<Runs, double[]> nanos, Predicate<Runs> which) {
    return nanos.keySet().stream()
        .filter(runs -> !runs.isOurs() && runs.order() != Order.FLOOR)
        .filter(which)
        .mapToDouble(runs -> median(nanos, runs))
        .min()
        .orElseThrow();
  }

  private static double median(Map<Runs, double[]> nanos, Runs runs) {
    return Numbers.median(of(nanos, runs));
  }

  private static double least(Map<Runs, double[]> nanos, Runs runs) {
    return Numbers.least(of(nanos, runs));
  }

  private static double[] of(Map<Runs, double[]> nanos, Runs runs) {
    return nanos.getOrDefault(runs, new double[0]);
  }
}
