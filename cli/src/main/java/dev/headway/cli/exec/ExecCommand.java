package dev.headway.cli.exec;

import dev.headway.Headway;
import dev.headway.InputException;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.Throttle;
import dev.headway.cli.DurationConverter;
import dev.headway.cli.Excerpt;
import dev.headway.cli.Faults;
import dev.headway.cli.FileArguments;
import dev.headway.cli.Interrupt;
import dev.headway.cli.LimitOptions;
import dev.headway.cli.lines.Asking;
import dev.headway.cli.lines.JsonLines;
import dev.headway.cli.lines.Line;
import dev.headway.cli.lines.LineCounter;
import dev.headway.cli.lines.ReadAhead;
import dev.headway.cli.lines.Separator;
import dev.headway.cli.lines.TextLines;
import dev.headway.cli.progress.Display;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
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
    sortOptions = false,
    abbreviateSynopsis = true,
    header = "Runs a command for each line of the input, within limits.",
    description = {
      "  headway exec --rate 10/m --at-once 4 -- convert {} {.}.png < photos.txt",
      "",
      "A line stands where {} is, or else at the end. What each command writes is written when it"
          + " has ended, so that it stays together. Commands read nothing."
    },
    footer = {
      "",
      "In COMMAND and ARGUMENTS:",
      "  {}    the line",
      "  {.}   the line without its extension",
      "  {/}   what follows its last /",
      "  {//}  what comes before that, or .",
      "  {/.}  what follows its last /, without its extension",
      "  {#}   the number of the command, from 1",
      "Arguments are passed on as they are, and never through a shell. Blank lines are passed"
          + " over.",
      "",
      "Exit status: 0 all succeeded, 1 some failed, 2 wrong usage, 130 interrupted."
    })
public final class ExecCommand implements Callable<Integer> {

  private static final int SOME_FAILED = 1;
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
        "COMMAND is a script for sh. What a line says is never code there: {} stands for \"$1\"."
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

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = {
        "Write a JSON line a command to a file, which is replaced: id, the number of its line,"
            + " input, status, attempts, waitedMs, tookMs, and error if it failed."
      })
  private @Nullable Path output;

  @Option(names = "--quiet", description = "Say nothing on standard error but what went wrong.")
  private boolean quiet;

  private final InputStream standardInput;
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
    this.outlets = new Outlets(new Outlet(standardOutput), new Outlet(standardError));
  }

  @Override
  public Integer call() throws IOException {
    Throttle throttle = throttle();
    Template template = template();
    FileArguments files = new FileArguments(spec.commandLine());
    if (file == null) {
      return run(throttle, template, files, standardInput);
    }
    try (InputStream lines = files.open(file)) {
      return run(throttle, template, files, lines);
    }
  }

  private int run(Throttle throttle, Template template, FileArguments files, InputStream lines)
      throws IOException {
    try (OutputStream log =
            output == null
                ? OutputStream.nullOutputStream()
                : files.create(output, file == null ? Path.of("-") : file);
        Scratch scratch = Scratch.create()) {
      Function<Job, Output> outputs =
          lineBuffered
              ? job -> new Relayed(outlets)
              : job -> new Kept(outlets, scratch.folder(), Long.toString(job.number()));
      Runner runner = new Runner(template, Optional.ofNullable(timeout), outputs);
      return run(throttle, runner, lines, new JsonLines(log));
    }
  }

  private Throttle throttle() {
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
    try {
      return limits.throttle("exec", atOnce).build();
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private Template template() {
    Template template = new Template(words, shell);
    if (!template.programVaries() && !Programs.exists(template.program())) {
      throw wrong("there is no command \"" + template.program() + "\" that can be run");
    }
    return template;
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

  private int run(Throttle throttle, Runner runner, InputStream input, JsonLines log)
      throws IOException {
    Headway unordered =
        Headway.with(throttle)
            .atOnce(atOnce)
            .retry(
                Retry.upTo(retries)
                    .when(e -> e instanceof FailedException failed && failed.mayBeTriedAgain()));
    Headway run = ordered ? unordered.ordered() : unordered;
    String what = "running, " + limits.describe() + atOnce + " at once";
    PrintWriter messages = spec.commandLine().getErr();
    try (ReadAhead lines = new ReadAhead(source(input));
        Display display = Display.beginBesideOutput(messages, quiet, what);
        Results<Job, Ending> results =
            run.map(new Jobs(new Asking(lines, this::asks)), runner::run);
        Interrupt interrupt = Interrupt.stops(results)) {
      countAhead(display);
      tell(results, log, display);
      // All has ended before the interrupt lets the JVM end.
      results.close();
      display.end(interrupt.hasCome());
      return interrupt.hasCome() ? Interrupt.STATUS : display.failed() > 0 ? SOME_FAILED : 0;
    }
  }

  /**
   * Writes what commands have written and what became of them, as they end.
   *
   * @throws IOException if it cannot be written, or, once what was under way is written, if the
   *     input cannot be read on
   */
  private void tell(Results<Job, Ending> results, JsonLines log, Display display)
      throws IOException {
    try {
      tellAll(results, log, display);
    } catch (InputException e) {
      tellAll(results, log, display);
      display.end(false);
      throw new IOException(
          "cannot read on in the input: " + Faults.reason(Faults.underneath(e)), e);
    }
  }

  private void tellAll(Results<Job, Ending> results, JsonLines log, Display display)
      throws IOException {
    for (Outcome<Job, Ending> outcome : results.outcomes()) {
      if (!Interrupt.ended(outcome)) {
        Ending ending = ending(outcome);
        try (Output written = ending.output()) {
          written.write();
          log.write(LogLine.of(outcome, ending));
        } catch (IOException e) {
          throw new IOException(
              "stopped after "
                  + display.finished()
                  + (display.finished() == 1 ? " command" : " commands")
                  + ": what they wrote cannot be written on ("
                  + Faults.reason(e)
                  + ")",
              e);
        }
        ending.why().ifPresent(why -> display.complain(complaint(outcome.item(), why)));
        display.count(ending.why().isEmpty(), outcome.attempts());
      }
    }
  }

  private static Ending ending(Outcome<Job, Ending> outcome) {
    return switch (outcome) {
      case Outcome.Success<Job, Ending> success -> success.value();
      case Outcome.Failure<Job, Ending> failure -> {
        if (failure.exception().getCause() instanceof FailedException failed) {
          yield failed.ending();
        }
        throw new IllegalStateException("a command was lost", failure.exception());
      }
    };
  }

  private static String complaint(Job job, String why) {
    String shown = Excerpt.of(job.line().text(), LONGEST_SHOWN);
    return job.line().because(why) + (shown.isEmpty() ? "" : ": " + shown);
  }

  /** Counts what there is to do, where it can be read twice, for the display alone. */
  private void countAhead(Display display) {
    Path counted = file;
    if (!quiet && counted != null && Files.isRegularFile(counted)) {
      display.totalOf(() -> LineCounter.count(counted, this::source, this::asks));
    }
  }
}
