package dev.headway.cli.plan;

import dev.headway.cli.DurationConverter;
import dev.headway.cli.Faults;
import dev.headway.cli.FileArguments;
import dev.headway.cli.RequestLimits;
import dev.headway.cli.StandardStreams;
import dev.headway.cli.fetch.Demand;
import dev.headway.cli.fetch.Demands;
import dev.headway.cli.fetch.RequestOptions;
import dev.headway.cli.lines.JsonLines;
import dev.headway.cli.lines.ReadAhead;
import dev.headway.cli.lines.Separator;
import dev.headway.cli.lines.TextLines;
import dev.headway.cli.progress.Terminal;
import dev.headway.cli.report.ReportFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headway plan}: says how long a run would take, without doing it. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    addMethodSubcommands = false,
    header = {
      "Says how long a run would take, and what it would wait for, without doing it.",
      "",
      "  headway plan --rate 40/s --latency 300ms urls.txt",
      "  headway plan --rate 100/m --requests 10000"
    },
    description = {
      "Takes the requests and the limits as fetch does, sends nothing, and goes through the run in"
          + " a time that jumps from one event to the next. What only answers would say is not"
          + " known: nothing fails, no server asks to slow down, and a request takes of a budget"
          + " what it is expected to, whatever --settle says. For exec, give --requests and its"
          + " --at-once."
    },
    footerHeading = "%nExit status:%n",
    footer = "0 there is a plan, 2 wrong usage.")
public final class PlanCommand implements Callable<Integer> {

  private static final Duration ASSUMED = Duration.ofMillis(300);

  /** As it was on two processors, where it went from 300 to 700 ms. */
  private static final Duration USUAL_WARM_UP = Duration.ofMillis(500);

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The requests, or - for standard input.")
  private @Nullable Path file;

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "Rather than a FILE: so many requests, all alike and to one host.")
  private @Nullable Long count;

  @Option(
      names = "--each",
      paramLabel = "NAME=AMOUNT",
      converter = Each.Converter.class,
      description = "With --requests: what each takes of a budget, such as tokens=1200.")
  private List<Each> each = List.of();

  @Option(
      names = "--latency",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description =
          "How long each request is under way, such as 300ms, which is assumed if"
              + " nothing is said.")
  private @Nullable Duration latency;

  @Option(
      names = "--latency-from",
      paramLabel = "FILE",
      description = "As long as those of an earlier run: the results of fetch or exec --output.")
  private @Nullable Path earlier;

  @Option(
      names = "--warm-up",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = {
        "How much longer the first requests take in all, until the client is at full speed.",
        "Default: 500ms, or none with --latency-from, where the first ones tell."
      })
  private @Nullable Duration warmUp;

  @Mixin private RequestLimits limits = new RequestLimits();

  @Mixin private RequestOptions requests = new RequestOptions();

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Draw it in an HTML file too, which needs nothing else.")
  private @Nullable Path report;

  @Option(names = "--json", description = "Write one JSON object rather than text.")
  private boolean json;

  private final InputStream standardInput;
  private final OutputStream standardOutput;

  /**
   * The command.
   *
   * @param standardInput where requests come from if the file is -
   * @param standardOutput where the plan goes
   */
  public PlanCommand(InputStream standardInput, OutputStream standardOutput) {
    this.standardInput = standardInput;
    this.standardOutput = standardOutput;
  }

  @Override
  public Integer call() throws IOException {
    Optional<Path> from = input();
    var unused = StandardStreams.open(standardOutput, spec.commandLine());
    Latencies latencies = latencies();
    Optional<ReportFile> page =
        Optional.ofNullable(report).map(file -> files().report(file, from.orElse(null)));
    try {
      Optional<Drawing> drawing = page.map(drawn -> new Drawing(limits, warmUp()));
      Plan plan = new Plan(limits, drawing.stream().toArray(PlanListener[]::new));
      addAll(plan, from, latencies);
      plan.finish();
      Account account = new Account(plan, warmUp());
      write(account, latencies);
      if (drawing.isPresent()) {
        drawing.get().write(page.orElseThrow(), account.waitsFor());
      }
      return 0;
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private void addAll(Plan plan, Optional<Path> from, Latencies latencies) throws IOException {
    if (from.isEmpty()) {
      addAlike(plan, latencies);
    } else if (from.get().toString().equals("-")) {
      addAll(plan, latencies, from.get(), StandardStreams.open(standardInput, spec.commandLine()));
    } else {
      try (InputStream lines = files().open(from.get())) {
        addAll(plan, latencies, from.get(), lines);
      }
    }
  }

  /** Where requests come from; empty if it is only said how many there are. */
  private Optional<Path> input() {
    Optional<Path> table = requests.table();
    long given = (file == null ? 0 : 1) + (count == null ? 0 : 1) + table.stream().count();
    if (given != 1) {
      throw wrong(
          (given == 0 ? "there is no input" : "there is more than one input")
              + ": give a FILE, - for standard input, --csv FILE, or --requests N");
    }
    if (count != null && count < 1) {
      throw wrong("--requests must be at least 1, not " + count);
    }
    if (count == null && !each.isEmpty()) {
      throw wrong("--each needs --requests: lines say for themselves what they take");
    }
    return table.or(() -> Optional.ofNullable(file));
  }

  private Latencies latencies() throws IOException {
    if (earlier == null) {
      return Latencies.of(latency == null ? ASSUMED : latency);
    }
    if (latency != null) {
      throw wrong("--latency and --latency-from contradict each other: give one of them");
    }
    try (InputStream input = files().open(earlier);
        ReadAhead results = new ReadAhead(new TextLines(input, Separator.NEWLINE))) {
      return Latencies.of(results);
    } catch (IllegalArgumentException e) {
      throw wrong("\"" + earlier + "\": " + e.getMessage());
    } catch (UncheckedIOException e) {
      throw unreadable(earlier, e);
    }
  }

  private Duration warmUp() {
    if (warmUp != null) {
      return warmUp;
    }
    return earlier == null ? USUAL_WARM_UP : Duration.ZERO;
  }

  private void addAlike(Plan plan, Latencies latencies) {
    Demand demand = new Demand(Each.cost(each, limits.currencies()), "");
    for (long i = 0; i < (count == null ? 0 : count); i++) {
      plan.add(demand, latencies.next());
    }
  }

  private void addAll(Plan plan, Latencies latencies, Path from, InputStream input)
      throws IOException {
    try (Demands demands = requests.demands(input, limits.currencies())) {
      boolean any = false;
      while (demands.hasNext()) {
        any = true;
        add(plan, demands, latencies.next());
      }
      demands.fault().ifPresent(fault -> warn(demands.unreadable(), fault));
      if (!any) {
        throw wrong("there is no request in \"" + from + "\"");
      }
    } catch (UncheckedIOException e) {
      throw unreadable(from, e);
    }
  }

  private void add(Plan plan, Demands demands, long tookNanos) {
    Demand demand = demands.next();
    try {
      plan.add(demand, tookNanos);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("line " + demands.line() + ": " + e.getMessage(), e);
    }
  }

  private void warn(long unreadable, String fault) {
    spec.commandLine()
        .getErr()
        .println(
            "headway: left out, as fetch could not send "
                + (unreadable == 1 ? "it: " : "them: " + unreadable + " lines, the first is ")
                + fault);
  }

  private void write(Account account, Latencies latencies) throws IOException {
    if (json) {
      new JsonLines(standardOutput).write(account.json());
      return;
    }
    String assumed = latency == null && earlier == null ? ", as is assumed without --latency" : "";
    String what = limits.describe() + ", " + latencies.describe() + assumed;
    int width = Terminal.width().orElse(Terminal.USUAL_WIDTH);
    standardOutput.write(
        account
            .text(what, ZonedDateTime.now(ZoneId.systemDefault()), width)
            .getBytes(StandardCharsets.UTF_8));
    standardOutput.flush();
  }

  private FileArguments files() {
    return new FileArguments(spec.commandLine());
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static IOException unreadable(Path file, UncheckedIOException failure) {
    return new IOException(
        "cannot read on in \"" + file + "\": " + Faults.reason(Faults.underneath(failure)),
        failure);
  }
}
