package dev.headway.bench.costs;

import dev.headway.bench.Effort;
import dev.headway.bench.Part;
import dev.headway.bench.report.Guard;
import dev.headway.bench.report.Report;
import dev.headway.bench.report.Table;
import dev.headway.bench.report.Target;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** Measures the cost of one call that is granted. */
public final class Costs implements Part {

  /** The measured calls. */
  private enum Call {
    NANO_TIME(Floors.class, "nanoTime", "System.nanoTime()"),
    FLOOR(Floors.class, "nanoTimeAndSet", "floor: nanoTime and one compareAndSet"),
    WINDOW(OurCosts.class, "window", "Headway window"),
    WINDOW_HANDED_ON(OurCosts.class, "windowHandedOn", "Headway window, permit handed on"),
    BUCKET(OurCosts.class, "bucket", "Headway token bucket"),
    SPACING(OurCosts.class, "spacing", "Headway spacing"),
    COMPOSITE(OurCosts.class, "composite", "Headway window, bucket and spacing"),
    CONCURRENCY(OurCosts.class, "concurrency", "Headway concurrency, acquire and close"),
    FROM_END(OurCosts.class, "fromEnd", "Headway window from the end, acquire and close"),
    GUAVA(PeerCosts.class, "guava", "Guava"),
    BUCKET4J_GREEDY(PeerCosts.class, "bucket4jGreedy", "Bucket4j, greedy"),
    BUCKET4J_INTERVALLY(PeerCosts.class, "bucket4jIntervally", "Bucket4j, intervally"),
    RESILIENCE4J(PeerCosts.class, "resilience4j", "Resilience4j"),
    FAILSAFE_BURSTY(PeerCosts.class, "failsafeBursty", "Failsafe, bursty"),
    FAILSAFE_SMOOTH(PeerCosts.class, "failsafeSmooth", "Failsafe, smooth"),
    SEMAPHORE(PeerCosts.class, "semaphore", "Semaphore, acquire and release");

    private final Class<?> benchmarks;
    private final String method;
    private final String title;

    Call(Class<?> benchmarks, String method, String title) {
      this.benchmarks = benchmarks;
      this.method = method;
      this.title = title;
    }
  }

  private static final List<Call> RATES = List.of(Call.WINDOW, Call.BUCKET, Call.SPACING);
  private static final List<Call> PEERS =
      List.of(
          Call.GUAVA,
          Call.BUCKET4J_GREEDY,
          Call.BUCKET4J_INTERVALLY,
          Call.RESILIENCE4J,
          Call.FAILSAFE_BURSTY,
          Call.FAILSAFE_SMOOTH);

  @Override
  public String name() {
    return "costs";
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
    Jmh jmh = new Jmh(2, 3, 4, 1_000);
    Report report = report();
    Measurements one = new Measurements(jmh, 1, List.of(Call.values()), progress, Measured::nanos);
    Measurements two = new Measurements(jmh, 2, List.of(Call.values()), progress, Measured::nanos);
    report.add(one.table());
    report.add(two.table());

    report.judge(Target.COST_WINDOW, one.toFloor(Call.WINDOW));
    report.judge(Target.COST_BUCKET, one.toFloor(Call.BUCKET));
    report.judge(Target.COST_SPACING, one.toFloor(Call.SPACING));
    report.judge(Target.COST_BESIDE_PEERS, one.most(RATES) / one.least(PEERS));
    report.judge(Target.COST_BESIDE_PEERS_ON_TWO, two.most(RATES) / two.least(PEERS));
    report.judge(Target.COST_COMPOSITE, one.of(Call.COMPOSITE) / one.least(RATES));
    report.judge(
        Target.ALLOCATION, Math.max(one.mostBytes(RATES), one.mostBytes(List.of(Call.COMPOSITE))));
    List.copyOf(report.verdicts()).stream()
        .filter(verdict -> !verdict.met())
        .map(verdict -> verdict.target().equals(Target.COST_BESIDE_PEERS_ON_TWO.name()) ? 2 : 1)
        .distinct()
        .forEach(threads -> {
          progress.accept("profile, threads: " + threads);
          report.add(CallProfile.table(threads));
        });
    return report;
  }

  /** Only the guarded calls, by the fastest iteration: disturbances only slow it down. */
  private static Report quick(Consumer<String> progress) {
    Jmh jmh = new Jmh(1, 3, 4, 450);
    Report report = report();
    List<Call> onOne = List.of(Call.FLOOR, Call.WINDOW, Call.BUCKET, Call.SPACING, Call.COMPOSITE);
    List<Call> onTwo = List.of(Call.FLOOR, Call.WINDOW, Call.RESILIENCE4J, Call.BUCKET4J_GREEDY);
    Measurements one = new Measurements(jmh, 1, onOne, progress, Measured::leastNanos);
    Measurements two = new Measurements(jmh, 2, onTwo, progress, Measured::leastNanos);
    report.add(one.table());
    report.add(two.table());

    report.check(Guard.COST_WINDOW, one.toFloor(Call.WINDOW));
    report.check(Guard.COST_BUCKET, one.toFloor(Call.BUCKET));
    report.check(Guard.COST_SPACING, one.toFloor(Call.SPACING));
    report.check(Guard.COST_COMPOSITE, one.of(Call.COMPOSITE) / one.least(RATES));
    report.check(
        Guard.COST_BESIDE_PEERS_ON_TWO,
        two.of(Call.WINDOW) / two.least(List.of(Call.RESILIENCE4J, Call.BUCKET4J_GREEDY)));
    return report;
  }

  private static Report report() {
    return new Report(
        "costs",
        "What a call costs",
        "One call of tryAcquire that succeeds, or of acquire and close where a permit must be"
            + " closed: JMH's average time in forked JVMs, with half of its confidence interval of"
            + " 99.9 %, and the allocated bytes of its gc profiler. A target that is not met has a"
            + " profile.",
        "The rate is one permit per nanosecond (a million per millisecond; a spacing of one"
            + " nanosecond), which is never reached. The last column has the share of refused"
            + " calls: two threads can read the same nanosecond.",
        "The floor is the least that a limiter can do: read the time, and one compareAndSet.");
  }

  /** The measurements with a number of threads. */
  private static final class Measurements {
    private final int threads;
    private final ToDoubleFunction<Measured> nanos;
    private final Map<Call, Measured> measured = new EnumMap<>(Call.class);

    Measurements(
        Jmh jmh,
        int threads,
        List<Call> calls,
        Consumer<String> progress,
        ToDoubleFunction<Measured> nanos) {
      this.threads = threads;
      this.nanos = nanos;
      for (Call call : calls) {
        progress.accept(call.title + ", threads: " + threads);
        measured.put(call, jmh.measure(call.benchmarks, call.method, threads));
      }
    }

    double of(Call call) {
      return nanos.applyAsDouble(get(call));
    }

    private Measured get(Call call) {
      Measured found = measured.get(call);
      if (found == null) {
        throw new IllegalStateException(call + " was not measured");
      }
      return found;
    }

    double toFloor(Call call) {
      return of(call) / of(Call.FLOOR);
    }

    double least(List<Call> calls) {
      return calls.stream().mapToDouble(this::of).min().orElseThrow();
    }

    double most(List<Call> calls) {
      return calls.stream().mapToDouble(this::of).max().orElseThrow();
    }

    double mostBytes(List<Call> calls) {
      return calls.stream().mapToDouble(call -> get(call).bytes()).max().orElseThrow();
    }

    Table table() {
      Table table =
          new Table(
              "A call, " + (threads == 1 ? "one thread" : "two threads"),
              "what",
              "ns",
              "± ns",
              "× floor",
              "bytes",
              "refused %");
      measured.forEach((call, result) ->
          table.add(
              call.title,
              of(call),
              result.error(),
              toFloor(call),
              Math.round(100 * result.bytes()) / 100.0,
              result.refusedPercent()));
      return table;
    }
  }
}
