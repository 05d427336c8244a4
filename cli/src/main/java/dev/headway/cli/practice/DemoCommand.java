package dev.headway.cli.practice;

import dev.headway.cli.option.HelpOption;
import dev.headway.limit.Rate;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code headway demo}: fetches from two practice servers, unthrottled and throttled. */
@Command(
    name = "demo",
    addMethodSubcommands = false,
    header = {"Shows what a throttle is for, in five seconds.", "", "  headway demo"},
    description = {
      "Starts two practice servers that take 40 requests a second, and fetches 200 answers from"
          + " each over real HTTP: from one as fast as it goes, from the other with a throttle.",
      "Needs no network."
    })
public final class DemoCommand extends HelpOption implements Callable<Integer> {

  private static final Rate RATE = Rate.parse("40/s");
  private static final int REQUESTS = 200;
  private static final Duration LATENCY = Duration.ofMillis(20);
  private static final Duration STEP = Duration.ofMillis(250);

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Made by picocli. */
  public DemoCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    ServerOptions options =
        ServerOptions.ON_ANY_PORT.withQuota(RATE.permits(), RATE.period()).withLatency(LATENCY);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "A server takes %s and answers 429 to the rest. %d answers are wanted.%n%n",
        RATE, REQUESTS);
    try (PracticeServer first = PracticeServer.start(options);
        PracticeServer second = PracticeServer.start(options);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Chart chart = new Chart(out, STEP, first, second);
      Future<Double> hasty =
          threads.submit(() -> seconds(() -> UnthrottledSide.fetch(first.uri(), REQUESTS)));
      Future<Double> throttled =
          threads.submit(() -> seconds(() -> ThrottledSide.fetch(second.uri(), REQUESTS, RATE)));
      chart.draw(() -> hasty.isDone() && throttled.isDone());
      report(out, first.stats(), hasty.get(), second.stats(), throttled.get());
    }
    return 0;
  }

  /** Some fetching that is timed. */
  private interface Fetching {
    void run() throws Exception;
  }

  private static double seconds(Fetching fetching) throws Exception {
    long began = System.nanoTime();
    fetching.run();
    return (System.nanoTime() - began) / 1e9;
  }

  private static void report(
      PrintWriter out,
      ServerStats hasty,
      double hastySeconds,
      ServerStats throttled,
      double throttledSeconds) {
    row(out, "", "no throttle", "headway");
    row(out, "answers", hasty.accepted(), throttled.accepted());
    row(out, "requests sent", hasty.requests(), throttled.requests());
    row(out, "refused with 429", hasty.rejected(), throttled.rejected());
    row(out, "most in one second", hasty.fullestWindow(), throttled.fullestWindow());
    row(out, "seconds", shown(hastySeconds), shown(throttledSeconds));
    out.printf(
        "%nNext: headway server --rate %s%n"
            + "and, in another terminal: headway fetch --rate %s urls.txt%n",
        RATE, RATE);
    out.flush();
  }

  private static void row(PrintWriter out, String what, Object hasty, Object throttled) {
    out.printf(Locale.ROOT, "  %-20s %14s %14s%n", what, hasty, throttled);
  }

  private static String shown(double seconds) {
    return String.format(Locale.ROOT, "%.1f", seconds);
  }
}
