package dev.headway.bench.runs;

import dev.headway.bench.Forked;
import dev.headway.bench.peers.Runs;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Times a candidate in a JVM of its own. */
public final class RunProbe {

  private RunProbe() {}

  /** Nanoseconds of each repetition. */
  static double[] times(Runs candidate, Scenario scenario, int items, int warmUps, int times) {
    return Forked.run(
        RunProbe.class, List.of("-Xms2g", "-Xmx2g"), candidate, scenario, items, warmUps, times);
  }

  /** Arguments: candidate, scenario, items, runs to warm up, runs that count. */
  public static void main(String[] arguments) throws InterruptedException, ExecutionException {
    Runs candidate = Runs.valueOf(arguments[0]);
    Scenario scenario = Scenario.valueOf(arguments[1]);
    int items = Integer.parseInt(arguments[2]);
    int warmUps = Integer.parseInt(arguments[3]);
    double[] nanos = new double[Integer.parseInt(arguments[4])];
    for (int i = 0; i < warmUps; i++) {
      candidate.time(items, scenario.atOnce, scenario.work());
    }
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = candidate.time(items, scenario.atOnce, scenario.work());
    }
    Forked.answer(nanos);
  }
}
