package dev.headway.cli.plan;

import dev.headway.cli.model.TokenMeter;
import dev.headway.cli.model.Usage;
import dev.headway.cli.option.FileArguments;
import dev.headway.cli.option.HelpOption;
import dev.headway.cli.option.InputOptions;
import dev.headway.cli.option.ModelOptions;
import dev.headway.cli.option.PlanOptions;
import dev.headway.cli.option.ReportOption;
import dev.headway.cli.option.RequestLimits;
import dev.headway.cli.option.RequestOptions;
import dev.headway.cli.option.StandardStreams;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.request.LineFormat;
import dev.headway.cli.request.ReadAhead;
import dev.headway.cli.request.Request;
import dev.headway.cli.request.RequestDefaults;
import dev.headway.cli.request.RequestReader;
import dev.headway.cli.request.Secrets;
import dev.headway.cli.text.FileErrors;
import dev.headway.cli.text.JsonLines;
import dev.headway.cli.text.Terminal;
import dev.headway.cli.watch.ReportFile;
import dev.headway.cli.watch.Watch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headway plan}: says how long a run would take, without doing it. */
@Command(
    name = "plan",
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
      "Takes the requests and the limits as fetch does, sends nothing, and simulates the run. What"
          + " only responses would say is not known: nothing fails, no server asks to slow down,"
          + " and a request takes of a budget what it is expected to, whatever --settle says. For"
          + " exec, give --requests and its --concurrency."
    },
    footerHeading = "%nExit status:%n",
    footer = "0 there is a plan, 2 wrong usage.")
public final class PlanCommand extends HelpOption implements Callable<Integer> {

  /** How long requests may take that are not sent. */
  private static final Duration NEVER_SENT = Duration.ofDays(1);

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The requests, or - for standard input.")
  private @Nullable Path file;

  @ArgGroup(validate = false, order = 1, heading = "%nInput:%n")
  private InputOptions input = new InputOptions();

  @ArgGroup(validate = false, order = 2, heading = "%nRequests:%n")
  private RequestOptions requests = new RequestOptions();

  @ArgGroup(validate = false, order = 3, heading = "%nLanguage models:%n")
  private ModelOptions models = new ModelOptions();

  @ArgGroup(validate = false, order = 4, heading = "%nLimits:%n")
  private RequestLimits limits = new RequestLimits();

  @ArgGroup(validate = false, order = 5, heading = "%nPlan:%n")
  private PlanOptions options = new PlanOptions();

  @ArgGroup(validate = false, order = 6, heading = "%nWatching:%n")
  private ReportOption report = new ReportOption();

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
    var unused = StandardStreams.open(standardOutput);
    Latencies latencies = latencies();
    Optional<ReportFile> page =
        report.report().map(to -> Watch.reportFile(to, from.map(List::of).orElse(List.of())));
    try {
      Optional<PlanPage> drawing = page.map(drawn -> new PlanPage(limits, options.warmUp()));
      Optional<PlanCost> cost =
          models.price().map(price -> new PlanCost(price, latencies.meanOutput()));
      Plan plan = new Plan(limits, drawing.stream().toArray(PlanListener[]::new));
      if (from.isPresent()) {
        addAll(plan, cost, latencies, from.get());
      } else {
        addAlike(plan, cost, latencies);
      }
      plan.finish();
      PlanReport account = new PlanReport(plan, options.warmUp(), cost);
      write(account, latencies);
      if (drawing.isPresent()) {
        drawing.get().write(page.orElseThrow(), account.waitsFor());
      }
      return 0;
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Where requests come from; empty if only their number is given. */
  private Optional<Path> input() {
    long given =
        (file == null ? 0 : 1)
            + options.requests().stream().count()
            + input.table().stream().count();
    if (given != 1) {
      throw new UsageException(
          (given == 0 ? "there is no input" : "there is more than one input")
              + ": give a FILE, - for standard input, --csv FILE, or --requests N");
    }
    return input.table().or(() -> Optional.ofNullable(file));
  }

  private Latencies latencies() throws IOException {
    Optional<Path> earlier = options.earlier();
    if (earlier.isEmpty()) {
      return Latencies.of(options.latency());
    }
    LineFormat format = new LineFormat('\n', false, OptionalInt.empty(), line -> true);
    try (InputStream results = FileArguments.open(earlier.get(), standardInput);
        ReadAhead lines = format.read(results)) {
      return Latencies.of(lines);
    } catch (IllegalArgumentException e) {
      throw new UsageException("\"" + earlier.get() + "\": " + e.getMessage(), e);
    } catch (UncheckedIOException e) {
      throw unreadable(earlier.get(), e);
    }
  }

  private void addAlike(Plan plan, Optional<PlanCost> cost, Latencies latencies) {
    Demand demand = new Demand(options.each().cost(limits.budgets()), "");
    long count = options.requests().orElse(0L);
    Usage each =
        new Usage(demand.cost().amount(TokenMeter.INPUT), demand.cost().amount(TokenMeter.OUTPUT));
    cost.ifPresent(sum -> sum.add(each, count));
    if (latencies.always().isPresent()) {
      plan.addAlike(demand, latencies.always().getAsLong(), count);
      return;
    }
    for (long i = 0; i < count; i++) {
      plan.add(demand, latencies.next());
    }
  }

  private void addAll(Plan plan, Optional<PlanCost> cost, Latencies latencies, Path from)
      throws IOException {
    requests.check(limits.budgets());
    Secrets secrets = new Secrets(System.getenv());
    models.preset().ifPresent(preset -> input.use(preset, false));
    Optional<TokenMeter> meter = models.meter(limits, requests);
    RequestDefaults plain =
        RequestDefaults.of(input, Optional.empty(), requests, secrets, exposed -> {});
    // Nothing is sent, so no key is needed.
    RequestDefaults defaults =
        meter.isEmpty()
            ? plain
            : plain.calling(models.preset().orElseThrow(), meter.get(), true, secrets);
    RequestReader reader = new RequestReader(NEVER_SENT, false, limits.budgets(), defaults);
    long unreadable = 0;
    String fault = "";
    boolean any = false;
    LineFormat format = LineFormat.of(input);
    try (InputStream in = FileArguments.open(from, standardInput);
        ReadAhead lines = format.read(in)) {
      reader.check(lines, format);
      for (Iterator<Request> all = reader.readAll(lines); all.hasNext(); ) {
        Request request = all.next();
        if (request.fault().isPresent()) {
          fault = unreadable++ == 0 ? request.fault().get() : fault;
        } else {
          any = true;
          cost.ifPresent(sum ->
              request.call().ifPresent(call -> sum.add(meter.orElseThrow().expected(call), 1)));
          String scope = limits.scope(secrets::hide).of(request.http().orElseThrow());
          add(plan, request, secrets.hideHost(scope), latencies.next());
        }
      }
    } catch (UncheckedIOException e) {
      throw unreadable(from, e);
    }
    if (unreadable > 0) {
      warn(unreadable, fault);
    }
    if (!any) {
      throw new UsageException("there is no request in \"" + from + "\"");
    }
  }

  private static void add(Plan plan, Request request, String host, long tookNanos) {
    try {
      plan.add(new Demand(request.cost(), host), tookNanos);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(request.line().because(String.valueOf(e.getMessage())), e);
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

  private void write(PlanReport account, Latencies latencies) throws IOException {
    if (options.json()) {
      new JsonLines(standardOutput).write(account.json());
      return;
    }
    String assumed = options.assumesLatency() ? ", as is assumed without --latency" : "";
    String what = limits.describe() + ", " + latencies.describe() + assumed;
    int width = Terminal.width().orElse(Terminal.USUAL_WIDTH);
    standardOutput.write(
        account
            .text(what, ZonedDateTime.now(ZoneId.systemDefault()), width)
            .getBytes(StandardCharsets.UTF_8));
    standardOutput.flush();
  }

  private static IOException unreadable(Path file, UncheckedIOException failure) {
    return new IOException(
        "cannot read on in \"" + file + "\": " + FileErrors.reason(FileErrors.underneath(failure)),
        failure);
  }
}
