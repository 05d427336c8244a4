package dev.headway.cli.exec;

import dev.headway.Headway;
import dev.headway.Retry;
import dev.headway.cli.job.Job;
import dev.headway.cli.job.JobSettings;
import dev.headway.cli.job.SharedUri;
import dev.headway.cli.job.Source;
import dev.headway.cli.option.CommandOptions;
import dev.headway.cli.option.ExecInputOptions;
import dev.headway.cli.option.ExecLimitOptions;
import dev.headway.cli.option.ExecOutputOptions;
import dev.headway.cli.option.ExecRetryOptions;
import dev.headway.cli.option.FileArguments;
import dev.headway.cli.option.HelpOption;
import dev.headway.cli.option.SharedLimitOptions;
import dev.headway.cli.option.StandardStreams;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.option.WatchOptions;
import dev.headway.cli.request.LineFormat;
import dev.headway.cli.request.ReadAhead;
import dev.headway.cli.request.Secrets;
import dev.headway.cli.text.JsonLines;
import dev.headway.limit.Cost;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headway exec}: runs a command for each line of the input, within limits. */
@Command(
    name = "exec",
    addMethodSubcommands = false,
    sortOptions = false,
    abbreviateSynopsis = true,
    header = {
      "Runs a command for each line of the input, within limits.",
      "",
      "  headway exec --rate 10/m -j 4 -- convert {} {.}.png < photos.txt",
      "  find . -name '*.csv' -print0 | headway exec -0 --retries 2 -- gzip -k {}",
      "  headway exec --csv people.csv --dry-run -- echo {name} {2}"
    },
    description = {
      "The input is lines of text; blank ones are skipped. A line replaces these places in COMMAND"
          + " and its arguments, or comes last where there are none:",
      "",
      "  {}    the line",
      "  {.}   the line without its extension",
      "  {/}   what follows its last /",
      "  {//}  what comes before that, or .",
      "  {/.}  what follows its last /, without its extension",
      "  {#}   the number of the command, from 1",
      "  {name}, {2}  a column, with --csv or --delimiter",
      "",
      "Arguments are passed on as they are, and nothing in them is code. Output is written when a"
          + " command has ended, so that it stays together. Commands read nothing.",
      "With --output, a JSON line says of each command: id, the number of its line, input, status,"
          + " attempts, startedAt, waitedMs, tookMs, and error if it failed."
    },
    footerHeading = "%nExit status:%n",
    footer = {
      "0 all succeeded, 1 some failed, 2 wrong usage, 75 stopped early and can be resumed, 130"
          + " interrupted."
    })
public final class ExecCommand extends HelpOption implements Callable<Integer> {

  /** The throttle's. */
  private static final String NAME = "exec";

  /** The ending of the name of the file that exists while commands may run. */
  private static final String RUNNING = ".running";

  private static final int RETRIES_WHEN_SLOWED = 100;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "1..*",
      description = "The command and its arguments.",
      hideParamSyntax = true)
  private List<String> words = new ArrayList<>();

  @ArgGroup(validate = false, order = 1, heading = "%nInput:%n")
  private ExecInputOptions input = new ExecInputOptions();

  @ArgGroup(validate = false, order = 2, heading = "%nCommand:%n")
  private CommandOptions command = new CommandOptions();

  @ArgGroup(validate = false, order = 3, heading = "%nLimits:%n")
  private ExecLimitOptions limits = new ExecLimitOptions();

  @ArgGroup(validate = false, order = 5, heading = "%nRetries:%n")
  private ExecRetryOptions retries = new ExecRetryOptions();

  @ArgGroup(validate = false, order = 6, heading = "%nOutput:%n")
  private ExecOutputOptions output = new ExecOutputOptions();

  @ArgGroup(validate = false, order = 7, heading = "%nSharing:%n")
  private SharedLimitOptions sharing = new SharedLimitOptions();

  @ArgGroup(validate = false, order = 8, heading = "%nWatching:%n")
  private WatchOptions watch = new WatchOptions();

  private final InputStream standardInput;
  private final OutputStream standardOutput;
  private final Outlets outlets;

  /**
   * The command.
   *
   * @param standardInput where lines come from if no file is named
   * @param standardOutput where the output of commands goes; it throws when it is closed at the
   *     other end
   * @param standardError where their standard error goes
   */
  public ExecCommand(
      InputStream standardInput, OutputStream standardOutput, OutputStream standardError) {
    this.standardInput = standardInput;
    this.standardOutput = standardOutput;
    this.outlets = new Outlets(new Outlet(standardOutput), new Outlet(standardError));
  }

  @Override
  public Integer call() throws IOException {
    Template template = template();
    Cost cost = limits.cost();
    checkOptions();
    Optional<SharedUri> shared =
        SharedUri.ofLimits(sharing.shared(), limits, new Secrets(System.getenv()));
    var unused = StandardStreams.open(standardOutput);
    Path from = input.input();
    try (InputStream lines = FileArguments.open(from, standardInput)) {
      if (command.dryRun()) {
        try (ReadAhead read = format().read(lines)) {
          DryRun.print(ExecItem.all(read), template, standardOutput);
          return 0;
        }
      }
      try (Job job = new Job(settings(from, shared))) {
        return run(job, template, cost, lines, from);
      }
    }
  }

  private void checkOptions() {
    limits.throttle(NAME);
    retries.retries(0);
    retries.timeout();
    retries.slowDownOn();
    output.lineBuffered();
  }

  private Template template() {
    OtherTools.fault(words)
        .ifPresent(fault -> {
          throw new UsageException(fault);
        });
    try {
      Template template = new Template(words, command.shell(), input.hasColumns());
      if (!template.programVaries() && !Programs.exists(template.program())) {
        throw new UsageException(
            "there is no command \"" + template.program() + "\" that can be run");
      }
      return template;
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private JobSettings settings(Path from, Optional<SharedUri> shared) {
    return new JobSettings(
        NAME,
        "running",
        "command",
        false,
        from,
        OutputStream.nullOutputStream(),
        true,
        spec.commandLine().getErr(),
        limits,
        retries,
        output,
        watch,
        shared,
        sharing.sharedName(NAME),
        UnaryOperator.identity());
  }

  private LineFormat format() {
    return input.table().isPresent()
        ? LineFormat.of(input, line -> true)
        : new LineFormat(
            input.endsWithNul() ? '\0' : '\n',
            false,
            input.delimiter(),
            line -> input.endsWithNul() || line.fault().isPresent() || !line.text().isBlank());
  }

  private int run(Job job, Template template, Cost cost, InputStream lines, Path from)
      throws IOException {
    job.throttle(event -> {});
    Optional<JsonLines> log = output.file().map(file -> new JsonLines(job.file().stream()));
    try (ReadAhead read = format().read(lines);
        Runner runner =
            new Runner(template, retries, output, outlets, job.file().beside(RUNNING))) {
      Source<ExecItem> source =
          new Source<>(
              ExecItem.all(read),
              Optional.of(LogLine.IDENTITY),
              item -> cost,
              Files.isRegularFile(from)
                  ? Optional.of(() -> format().count(from))
                  : Optional.empty());
      return job.run(source, runner::run, new ExecSink(log, runner), this::retrying);
    }
  }

  private Headway retrying(Headway run) {
    Retry retry =
        Retry.upTo(retries.retries(0))
            .when(e -> e instanceof FailedException failed && failed.mayBeTriedAgain())
            .throttledUpTo(RETRIES_WHEN_SLOWED);
    return run.retry(retries.delay().map(retry::backoff).orElse(retry));
  }
}
