package dev.headway.bench.costs;

import dev.headway.bench.Forked;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs benchmarks with JMH, each fork a JVM of its own.
 *
 * @param millis an iteration
 */
public record Jmh(int forks, int warmups, int iterations, long millis) {

  /** Measures a method of a class of benchmarks. */
  public Measured measure(Class<?> benchmarks, String method, int threads) {
    Options options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(benchmarks.getName() + "." + method) + "$")
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .threads(threads)
            .forks(forks)
            .warmupIterations(warmups)
            .warmupTime(TimeValue.milliseconds(millis))
            .measurementIterations(iterations)
            .measurementTime(TimeValue.milliseconds(millis))
            .addProfiler(GCProfiler.class)
            .jvmArgs(Forked.JVM_OPTIONS.toArray(String[]::new))
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .build();
    try {
      return measured(new Runner(options).run());
    } catch (RunnerException e) {
      throw new IllegalStateException("JMH could not measure " + method, e);
    }
  }

  private static Measured measured(Collection<RunResult> results) {
    RunResult result = results.iterator().next();
    Result<?> primary = result.getPrimaryResult();
    double least = Double.POSITIVE_INFINITY;
    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        Result<?> score = iteration.getPrimaryResult();
        least = Math.min(least, score.getScore());
      }
    }
    return new Measured(
        primary.getScore(),
        primary.getScoreError(),
        least,
        secondary(result, "gc.alloc.rate.norm"),
        refusedPercent(result));
  }

  private static double refusedPercent(RunResult result) {
    double refused = secondary(result, "refused");
    return refused == 0 ? 0 : 100 * refused / (refused + secondary(result, "granted"));
  }

  private static double secondary(RunResult result, String name) {
    for (Map.Entry<String, ?> entry : result.getSecondaryResults().entrySet()) {
      if (entry.getKey().endsWith(name) && entry.getValue() instanceof Result<?> found) {
        return found.getScore();
      }
    }
    return 0;
  }
}
