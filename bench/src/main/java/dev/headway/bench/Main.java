package dev.headway.bench;

import dev.headway.bench.costs.Costs;
import dev.headway.bench.exact.Exact;
import dev.headway.bench.growth.Growth;
import dev.headway.bench.report.BestOf;
import dev.headway.bench.report.Console;
import dev.headway.bench.report.Guard;
import dev.headway.bench.report.Machine;
import dev.headway.bench.report.Paper;
import dev.headway.bench.report.Report;
import dev.headway.bench.report.Results;
import dev.headway.bench.runs.RunsPart;
import dev.headway.bench.shared.SharedLimits;
import dev.headway.bench.waiting.Idle;
import dev.headway.bench.waiting.Waiting;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The benchmarks as a command. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    description =
        "Measures Headway and its peers side by side on the same work, prints tables with ratios"
            + " and writes JSON.",
    footer = {
      "",
      "Parts: costs, exact, runs, waiting, idle, shared, growth.",
      "Exit status: 0 measured, 1 a guard of --quick failed, 2 wrong usage."
    })
public final class Main implements Callable<Integer> {

  static final List<Part> PARTS =
      List.of(
          new Costs(),
          new Exact(),
          new RunsPart(),
          new Waiting(),
          new Idle(),
          new SharedLimits(),
          new Growth());

  @Parameters(paramLabel = "PART", description = "The parts to run; all if none is named.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--quick",
      description =
          "Costs, exact, runs and shared in about three minutes; a part that misses a guard is"
              + " measured up to three times, and fails where the best misses it clearly.")
  private boolean quick;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Where the JSON goes; bench/target/results unless given.")
  private Path output = root().resolve("bench/target/results");

  @Option(
      names = "--document",
      description =
          "Measures nothing, but makes docs/performance.md and its plots of what the last whole run"
              + " wrote.")
  private boolean document;

  @Spec private CommandSpec spec = CommandSpec.create();

  private static Path root() {
    return Path.of(System.getProperty("headway.root", "."));
  }

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() {
    if (document) {
      Paper.write(whole(), root().resolve("docs"));
      return 0;
    }
    Effort effort = quick ? Effort.QUICK : Effort.FULL;
    boolean passed = true;
    for (Part part : chosen()) {
      Machine machine = Machine.here();
      say(part.name() + " ...");
      Report report = quick ? guarded(part, effort) : measured(part, effort);
      new Results(quick, build(), machine, report).write(output);
      spec.commandLine().getOut().println(Console.text(report));
      spec.commandLine().getOut().flush();
      passed &= report.checks().stream().allMatch(Guard.Check::passed);
    }
    return passed ? 0 : 1;
  }

  private Report measured(Part part, Effort effort) {
    return part.run(effort, what -> say(part.name() + ": " + what));
  }

  private Report guarded(Part part, Effort effort) {
    BestOf best = new BestOf(measured(part, effort));
    for (List<String> missed = best.toRepeat(); !missed.isEmpty(); missed = best.toRepeat()) {
      say(part.name() + " again, as its guard was missed by " + String.join(" and ", missed));
      best.add(measured(part, effort));
    }
    return best.report();
  }

  /** The results of all parts, measured in full. */
  private List<Results> whole() {
    List<Results> all = new ArrayList<>();
    for (Part part : PARTS) {
      all.add(
          Results.read(output, part.name())
              .filter(results -> !results.quick())
              .orElseThrow(() ->
                  new ParameterException(
                      spec.commandLine(),
                      "there are no results of a whole run of "
                          + part.name()
                          + ": run this without options first")));
    }
    if (all.stream().map(Results::build).distinct().count() > 1) {
      throw new ParameterException(
          spec.commandLine(),
          "the results in "
              + output
              + " are of different builds: run this without options again, for all parts");
    }
    return all;
  }

  /** The time at which the measured classes were built. */
  private static String build() {
    try {
      Path classes =
          Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Files.getLastModifiedTime(classes).toString();
    } catch (URISyntaxException | IOException e) {
      throw new IllegalStateException("it cannot be told what is measured", e);
    }
  }

  private List<Part> chosen() {
    for (String name : names) {
      if (PARTS.stream().noneMatch(part -> part.name().equals(name))) {
        throw new ParameterException(
            spec.commandLine(),
            "there is no part "
                + name
                + "; there are "
                + String.join(", ", PARTS.stream().map(Part::name).toList()));
      }
    }
    return PARTS.stream()
        .filter(part -> names.isEmpty() ? !quick || part.quick() : names.contains(part.name()))
        .toList();
  }

  private void say(String what) {
    spec.commandLine().getErr().println(what);
    spec.commandLine().getErr().flush();
  }
}
