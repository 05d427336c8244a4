package dev.headway.bench.shared;

import dev.headway.bench.Effort;
import dev.headway.bench.Numbers;
import dev.headway.bench.Part;
import dev.headway.bench.peers.SharedLimiters;
import dev.headway.bench.report.Guard;
import dev.headway.bench.report.Report;
import dev.headway.bench.report.Table;
import dev.headway.bench.report.Target;
import dev.headway.bench.shared.LatencyProbe.Calls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** Measures the cost of a grant where processes share a limit through Redis. */
public final class SharedLimits implements Part {

  private static final int ROUNDS = 3;
  private static final int WARM_UP = 4_000;
  private static final int QUICK_WARM_UP = 1_200;
  private static final int SLICE = 1_000;
  private static final int QUICK_SLICE = 300;
  private static final int SLICES = 4;
  private static final int QUICK_SLICES = 3;
  private static final Duration PAUSE = Duration.ofMillis(5);

  @Override
  public String name() {
    return "shared";
  }

  @Override
  public boolean quick() {
    return true;
  }

  @Override
  public Report run(Effort effort, Consumer<String> progress) {
    try (Redis redis = Redis.start()) {
      return effort == Effort.FULL ? full(redis, progress) : quick(redis, progress);
    }
  }

  private static Report full(Redis redis, Consumer<String> progress) {
    Report report =
        new Report(
            "shared",
            "What a grant costs where many share a limit",
            "All use one Redis "
                + redis.version()
                + " on the same machine, each with a key of its own, at a rate that is never"
                + " reached (a thousand million per second), so callers wait for Redis alone."
                + " Candidates alternate, "
                + ROUNDS
                + " times each, in a JVM of their own each time, with "
                + WARM_UP / 1_000
                + " seconds to warm up and "
                + SLICES
                + " that count. The tables have the median of these seconds, and the range from the"
                + " slowest to the fastest in percent of it.",
            "The plain script keeps an exact window in a sorted set: TIME, ZREMRANGEBYSCORE, ZCARD,"
                + " ZADD and PEXPIRE, one call per grant. Bucket4j and Redisson have their default"
                + " settings; Bucket4j's optional batching combines the calls of a process, as"
                + " Headway does. The targets are for virtual threads.");
    Map<SharedLimiters, double[]> virtual = new EnumMap<>(SharedLimiters.class);
    Map<SharedLimiters, double[]> platform = new EnumMap<>(SharedLimiters.class);
    for (int round = 1; round <= ROUNDS; round++) {
      for (SharedLimiters candidate : SharedLimiters.values()) {
        progress.accept(candidate.title() + ", round " + round + " of " + ROUNDS);
        virtual.merge(candidate, grants(candidate, redis, Crowd.Kind.VIRTUAL), SharedLimits::both);
        platform.merge(
            candidate, grants(candidate, redis, Crowd.Kind.PLATFORM), SharedLimits::both);
      }
    }
    report.add(grants(virtual, platform));
    report.judge(Target.SHARED_BUCKET4J, ours(virtual, SharedLimiters.BUCKET4J));
    report.judge(Target.SHARED_REDISSON, ours(virtual, SharedLimiters.REDISSON));
    boolean met = report.verdicts().stream().allMatch(verdict -> verdict.met());

    Latencies inARow = new Latencies();
    Latencies apart = new Latencies();
    for (int round = 1; round <= ROUNDS; round++) {
      progress.accept("one caller, round " + round + " of " + ROUNDS);
      inARow.add(LatencyProbe.time(redis.uri(), Duration.ZERO, WARM_UP, 200));
      apart.add(LatencyProbe.time(redis.uri(), PAUSE, WARM_UP, 20));
    }
    Table table =
        new Table(
            "A grant to one caller, a virtual thread",
            "what",
            "calls",
            "median µs",
            "mean µs",
            "99th percentile µs",
            "× the plain script");
    inARow.addTo(table, "one after the other");
    apart.addTo(table, PAUSE.toMillis() + " ms apart");
    report.add(table);
    report.judge(Target.SHARED_LATENCY_IN_A_ROW, inARow.ratio());
    report.judge(Target.SHARED_LATENCY_APART, apart.ratio());
    if (!met) {
      progress.accept("profile");
      report.add(CrowdProfile.table(redis.uri()));
    }
    return report;
  }

  private static Report quick(Redis redis, Consumer<String> progress) {
    Report report = new Report("shared", "What a grant costs where many share a limit");
    Map<SharedLimiters, Double> most = new EnumMap<>(SharedLimiters.class);
    Table table =
        new Table(
            "Callers of one key: " + Crowd.SIZE, "what", "grants a second, at best", "Headway ×");
    for (SharedLimiters candidate :
        List.of(SharedLimiters.HEADWAY, SharedLimiters.BUCKET4J, SharedLimiters.REDISSON)) {
      progress.accept(candidate.title());
      double[] aSecond =
          GrantsProbe.aSecond(
              candidate, redis.uri(), Crowd.Kind.VIRTUAL, QUICK_WARM_UP, QUICK_SLICE, QUICK_SLICES);
      most.put(candidate, Numbers.greatest(aSecond));
    }
    double ours = most.getOrDefault(SharedLimiters.HEADWAY, Double.NaN);
    most.forEach((candidate, aSecond) -> table.add(candidate.title(), aSecond, ours / aSecond));
    report.add(table);
    report.check(
        Guard.SHARED_BUCKET4J, most.getOrDefault(SharedLimiters.BUCKET4J, Double.NaN) / ours);
    report.check(
        Guard.SHARED_REDISSON, most.getOrDefault(SharedLimiters.REDISSON, Double.NaN) / ours);

    progress.accept("one caller");
    Latencies apart = new Latencies();
    apart.add(LatencyProbe.time(redis.uri(), PAUSE, QUICK_WARM_UP / 2, 3));
    report.check(Guard.SHARED_LATENCY, apart.ratio());
    return report;
  }

  private static double[] grants(SharedLimiters candidate, Redis redis, Crowd.Kind kind) {
    return GrantsProbe.aSecond(candidate, redis.uri(), kind, WARM_UP, SLICE, SLICES);
  }

  private static double[] both(double[] some, double[] others) {
    return DoubleStream.concat(DoubleStream.of(some), DoubleStream.of(others)).toArray();
  }

  private static double median(Map<SharedLimiters, double[]> grants, SharedLimiters candidate) {
    return Numbers.median(grants.getOrDefault(candidate, new double[0]));
  }

  /** Our grants for each grant of the candidate. */
  private static double ours(Map<SharedLimiters, double[]> grants, SharedLimiters candidate) {
    return median(grants, SharedLimiters.HEADWAY) / median(grants, candidate);
  }

  private static Table grants(
      Map<SharedLimiters, double[]> virtual, Map<SharedLimiters, double[]> platform) {
    Table table =
        new Table(
            "Callers of one key: " + Crowd.SIZE,
            "what",
            "grants a second, virtual threads",
            "spread %",
            "Headway ×",
            "grants a second, platform threads",
            "spread %",
            "Headway ×");
    virtual.forEach((candidate, aSecond) ->
        table.add(
            candidate.title(),
            Numbers.median(aSecond),
            Numbers.spreadPercent(aSecond),
            ours(virtual, candidate),
            median(platform, candidate),
            Numbers.spreadPercent(platform.getOrDefault(candidate, new double[0])),
            ours(platform, candidate)));
    return table;
  }

  /** The durations of calls in several rounds; the median of each figure. */
  private static final class Latencies {
    private final Map<SharedLimiters, List<Calls>> rounds = new EnumMap<>(SharedLimiters.class);

    void add(Map<SharedLimiters, Calls> round) {
      round.forEach((candidate, calls) ->
          rounds.computeIfAbsent(candidate, any -> new ArrayList<>()).add(calls));
    }

    private double of(SharedLimiters candidate, ToDoubleFunction<Calls> number) {
      return Numbers.median(
          rounds.getOrDefault(candidate, List.of()).stream().mapToDouble(number).toArray());
    }

    private double toScript(SharedLimiters candidate) {
      return of(candidate, Calls::median) / of(SharedLimiters.SCRIPT, Calls::median);
    }

    double ratio() {
      return toScript(SharedLimiters.HEADWAY);
    }

    void addTo(Table table, String pace) {
      for (SharedLimiters candidate : rounds.keySet()) {
        table.add(
            candidate.title(),
            pace,
            of(candidate, Calls::median) / 1_000,
            of(candidate, Calls::mean) / 1_000,
            of(candidate, Calls::p99) / 1_000,
            toScript(candidate));
      }
    }
  }
}
