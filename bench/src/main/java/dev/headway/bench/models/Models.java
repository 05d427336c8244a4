package dev.headway.bench.models;

import dev.headway.bench.Effort;
import dev.headway.bench.Part;
import dev.headway.bench.report.Report;
import dev.headway.bench.report.Table;
import dev.headway.limit.Rate;
import dev.headway.testkit.SimulatedModel;
import dev.headway.testkit.VirtualTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Measures how long loops of calls of a language model take, and how much is refused. */
public final class Models implements Part {

  private static final long SEED = 2;

  @Override
  public String name() {
    return "models";
  }

  @Override
  public boolean quick() {
    return false;
  }

  /** What is compared, by name. */
  static Map<String, Supplier<Loop>> loops() {
    Map<String, Supplier<Loop>> loops = new LinkedHashMap<>();
    loops.put("Headway", Ours::new);
    loops.put("curator", () -> new Curator(500, 200_000, 60_000));
    loops.put("curator at 75 %", () -> new Curator(375, 150_000, 45_000));
    loops.put("openai-cookbook", () -> new Cookbook(500, 260_000));
    loops.put("openai-cookbook at 75 %", () -> new Cookbook(375, 195_000));
    return loops;
  }

  @Override
  public Report run(Effort effort, Consumer<String> progress) {
    int count = effort.choose(20_000, 2_000);
    Report report =
        new Report(
            "models",
            "Calls of a language model",
            "%,d calls with prompts of 200 to 399 tokens and log-normal answers (median 150, sigma 0.5, most 1,000), of a simulated provider in virtual time that takes 500 requests, 200,000 input and 60,000 output tokens a minute, strictly, and is overloaded for 1 %% of requests. The published loops are rewritten from their behaviour; openai-cookbook advises half or three quarters of the quota."
                .formatted(count));
    Table table = new Table("Calls", "loop", "minutes", "refused", "failed");
    loops()
        .forEach((name, loop) -> {
          progress.accept(name);
          Calls calls = calls(count);
          double minutes = minutes(calls, loop.get());
          table.add(name, minutes, calls.tally().refused(), calls.tally().failed());
        });
    report.add(table);
    return report;
  }

  /** So many calls that were not made. */
  static Calls calls(int count) {
    VirtualTime time = new VirtualTime();
    SimulatedModel provider =
        new SimulatedModel(
            time,
            new SimulatedModel.Quotas(
                Rate.parse("500/m"), Rate.parse("200000/m"), Rate.parse("60000/m")),
            new SimulatedModel.Answers(150, 0.5, 0.01),
            SEED);
    return new Calls(count, time, provider, new Calls.Tally());
  }

  /** Makes all calls; the minutes that takes. */
  static double minutes(Calls calls, Loop loop) {
    try {
      calls
          .time()
          .run(() -> {
            loop.run(calls);
            return null;
          });
    } catch (Exception e) {
      throw new IllegalStateException("the calls were not made", e);
    }
    return calls.time().elapsed().toNanos() / 60e9;
  }
}
