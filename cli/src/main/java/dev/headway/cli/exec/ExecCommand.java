package dev.headway.cli.exec;

import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Retry;
import dev.headway.cli.DurationConverter;
import dev.headway.cli.Excerpt;
import dev.headway.cli.FileArguments;
import dev.headway.cli.LimitOptions;
import dev.headway.cli.Listeners;
import dev.headway.cli.Session;
import dev.headway.cli.StandardStreams;
import dev.headway.cli.Watch;
import dev.headway.cli.lines.Asking;
import dev.headway.cli.lines.JsonLines;
import dev.headway.cli.lines.Line;
import dev.headway.cli.lines.LineCounter;
import dev.headway.cli.lines.ReadAhead;
import dev.headway.cli.lines.Separator;
import dev.headway.cli.lines.TextLines;
import dev.headway.cli.progress.Display;
import dev.headway.cli.resume.OutputOptions;
import dev.headway.cli.resume.ResultFile;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
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

/** {@code headway exec}: runs a command for each line of the input, within limits. */
@Command(
    name = "exec",
    mixinStandardHelpOptions = true,
    addMethodSubcommands = false,
    sortOptions = false,
    abbreviateSynopsis = true,
    header = {
      "Runs a command for each line of the input, within limits.",
      "",
      "  headway exec --rate 10/m --at-once 4 -- convert {} {.}.png < photos.txt",
      "  find . -name '*.csv' -print0 | headway exec -0 --retries 2 -- gzip -k {}"
    },
    description = {
      "A line stands where {} is, or else at the end. What each command writes is written when it"
          + " has ended, so that it stays together. Commands read nothing.",
      "With --output, a JSON line says of each command: id, the number of its line, input, status,"
          + " attempts, startedAt, waitedMs, tookMs, and error if it failed."
    },
    footerHeading = "%nPlaces in COMMAND and its arguments:%n",
    footer = {
      "  {}    the line",
      "  {.}   the line without its extension",
      "  {/}   what follows its last /",
      "  {//}  what comes before that, or .",
      "  {/.}  what follows its last /, without its extension",
      "  {#}   the number of the command, from 1",
      "",
      "Arguments are passed on as they are, and nothing in them is code. Blank lines are passed"
          + " over.",
      "",
      "Exit status: 0 all succeeded, 1 some failed, 2 wrong usage, 130 interrupted."
    })
public final class ExecCommand implements Callable<Integer> {

  /** The throttle's. */
  private static final String NAME = "exec";

  /** What is more is 128 and the number of a signal. */
  private static final int LARGEST_EXIT_STATUS = 128;

  /** What the name of the file ends with that is there as long as commands may run. */
  private static final String RUNNING = ".running";

  private static final int LONGEST_SHOWN = 200;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "1..*",
      description = "The command and its arguments.",
      hideParamSyntax = true)
  private List<String> words = new ArrayList<>();

  @Option(
      names = {"-a", "--input"},
      paramLabel = "FILE",
      description = "Read lines from a file rather than from standard input.")
  private @Nullable Path file;

  @Option(
      names = {"-0", "--null"},
      description = "Lines end with the character 0, as find -print0 writes them.")
  private boolean endsWithNul;

  @Mixin private LimitOptions limits = new LimitOptions();

  @Option(
      names = "--at-once",
      paramLabel = "N",
      description = {"At most so many commands at once.", "Default: processors + 4, at most 32."})
  private int atOnce = LimitOptions.usualAtOnce();

  @Option(
      names = "--shell",
      description = {
        "COMMAND is a script for sh. A line is one word there and never code, in quotes too: {}"
            + " stands for \"$1\"."
      })
  private boolean shell;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "End a command that takes longer, with all that it has started.")
  private @Nullable Duration timeout;

  @Option(
      names = "--retries",
      paramLabel = "N",
      defaultValue = "0",
      description = "Run a command again so often that has failed. Default: ${DEFAULT-VALUE}.")
  private int retries;

  @Option(
      names = "--line-buffered",
      description = "Write what commands write line by line, as it comes.")
  private boolean lineBuffered;

  @Option(names = "--ordered", description = "Write in the order of the input.")
  private boolean ordered;

  @Mixin private OutputOptions results = new OutputOptions();

  @Option(names = "--quiet", description = "Say nothing on standard error but what went wrong.")
  private boolean quiet;

  @Mixin private Watch watch = new Watch();

  private final InputStream standardInput;
  private final OutputStream standardOutput;
  private final Outlets outlets;

  /**
   * The command.
   *
   * @param standardInput where lines come from if no file is named
   * @param standardOutput where what commands write goes; it throws when it is closed at the other
   *     end
   * @param standardError the same for what they write to standard error
   */
  public ExecCommand(
      InputStream standardInput, OutputStream standardOutput, OutputStream standardError) {
    this.standardInput = standardInput;
    this.standardOutput = standardOutput;
    this.outlets = new Outlets(new Outlet(standardOutput), new Outlet(standardError));
  }

  @Override
  public Integer call() throws IOException {
    watch.check(file, results.file().orElse(null));
    checkOptions();
    Template template = template();
    var unused = StandardStreams.open(standardOutput, spec.commandLine());
    if (file == null) {
      return run(template, StandardStreams.open(standardInput, spec.commandLine()));
    }
    try (InputStream lines = new FileArguments(spec.commandLine()).open(file)) {
      return run(template, lines);
    }
  }

  /** The log is replaced only once all else is known to be in order. */
  private int run(Template template, InputStream lines) throws IOException {
    Path from = file == null ? Path.of("-") : file;
    try (ResultFile log =
            results.open(
                spec.commandLine(), from, OutputStream.nullOutputStream(), longestPeriod());
        Runner runner =
            new Runner(
                template,
                Optional.ofNullable(timeout),
                outlets,
                lineBuffered,
                log.beside(RUNNING))) {
      return run(throttle(log), runner, lines, log);
    }
  }

  private Duration longestPeriod() {
    return LimitOptions.longestPeriod(limits.rates());
  }

  private void checkOptions() {
    // So that what is wrong with the limits is told before anything is opened.
    builder();
    if (retries < 0) {
      throw wrong("--retries must be at least 0, not " + retries);
    }
    if (timeout != null && timeout.isZero()) {
      throw wrong("--timeout must be longer than 0");
    }
    if (lineBuffered && ordered) {
      throw wrong(
          "--line-buffered and --ordered contradict each other: output cannot come as it is"
              + " written and in the order of the input");
    }
  }

  private Throttle throttle(ResultFile log) {
    ThrottleBuilder throttle = builder().past(log.earlierStarts().of(NAME));
    Listeners.of(log.journal(), watch.listener()).ifPresent(throttle::listener);
    return watch.over(throttle.build());
  }

  private ThrottleBuilder builder() {
    try {
      return limits.throttle(NAME, atOnce);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private Template template() {
    Template template = parsed();
    if (!template.programVaries() && !Programs.exists(template.program())) {
      throw wrong("there is no command \"" + template.program() + "\" that can be run");
    }
    return template;
  }

  private Template parsed() {
    try {
      return new Template(words, shell);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private ReadAhead.Source source(InputStream input) {
    return new TextLines(input, endsWithNul ? Separator.NUL : Separator.NEWLINE);
  }

  private boolean asks(Line line) {
    return endsWithNul || !line.text().isBlank();
  }

  private int run(Throttle throttle, Runner runner, InputStream input, ResultFile log)
      throws IOException {
    Headway unordered =
        Headway.with(throttle)
            .concurrency(atOnce)
            .retry(
                Retry.upTo(retries)
                    .when(e -> e instanceof FailedException failed && failed.mayBeTriedAgain()));
    Headway run = ordered ? unordered.ordered() : unordered;
    String within = limits.describe() + atOnce + " at once";
    PrintWriter messages = spec.commandLine().getErr();
    Optional<JsonLines> logLines =
        results.file().isPresent() ? Optional.of(new JsonLines(log.stream())) : Optional.empty();
    try (ReadAhead lines = new ReadAhead(source(input));
        Display display = Display.beginBesideOutput(messages, quiet, "running, " + within);
        Watch watched = watch.begin("headway exec", within, List.of(), limits.counted(), display)) {
      Iterator<Job> left =
          log.unfinished(
              new Jobs(new Asking(lines, this::asks)), LogLine::key, display::countEarlier);
      Session<Job, Ending> session = new Session<>(display, watched, log, "command");
      countAhead(display);
      return session.run(run, left, runner::run, new Written(logLines, runner));
    }
  }

  /**
   * What commands have written, and what became of them.
   *
   * @param log where that is put down, if anywhere
   */
  private record Written(Optional<JsonLines> log, Runner runner)
      implements Session.Sink<Job, Ending> {

    @Override
    public Optional<Session.Told> write(Outcome<Job, Ending> outcome) throws IOException {
      Ending ending = ending(outcome);
      try (Output written = ending.output()) {
        written.write();
        if (log.isPresent()) {
          log.get().write(LogLine.of(outcome, ending));
        }
      }
      return Optional.of(
          new Session.Told(
              shown(outcome.item()),
              outcome.attempts(),
              ending.why(),
              ending.why().map(why -> complaint(outcome.item(), why))));
    }

    @Override
    public void end() throws IOException {
      runner.close();
    }

    /** A terminal's Ctrl-C goes to commands too, and ends them by a signal. */
    @Override
    public boolean isSuspect(Outcome<Job, Ending> outcome) {
      return outcome instanceof Outcome.Failure<Job, Ending>
          && ending(outcome).status().orElse(0) > LARGEST_EXIT_STATUS;
    }
  }

  private static Ending ending(Outcome<Job, Ending> outcome) {
    if (outcome instanceof Outcome.Success<Job, Ending> success) {
      return success.value();
    }
    Throwable failure = ((Outcome.Failure<Job, Ending>) outcome).exception();
    if (failure.getCause() instanceof FailedException failed) {
      return failed.ending();
    }
    throw new IllegalStateException("a command was lost", failure);
  }

  private static String complaint(Job job, String why) {
    String shown = shown(job);
    return job.line().because(why) + (shown.isEmpty() ? "" : ": " + shown);
  }

  private static String shown(Job job) {
    return Excerpt.of(job.line().text(), LONGEST_SHOWN);
  }

  /** Counts what there is to do, where it can be read twice, for the display alone. */
  private void countAhead(Display display) {
    Path counted = file;
    if ((!quiet || watch.watches()) && counted != null && Files.isRegularFile(counted)) {
      display.totalOf(() -> LineCounter.count(counted, this::source, this::asks));
    }
  }
}
