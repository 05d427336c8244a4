package dev.headway.cli.exec;

import dev.headway.cli.Faults;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the command for a job. */
final class Runner implements AutoCloseable {

  private static final Redirect NOTHING = Redirect.from(new File("/dev/null"));

  /** As in {@code error=2, No such file}, or {@code error: 2 (No such file)}. */
  private static final Pattern SYSTEM_ERROR = Pattern.compile(".*error[=:] ?\\d+[, (]+([^)]*).*");

  private final Template template;
  private final Optional<Duration> timeout;
  private final Watchdog watchdog;
  private final Scratch scratch;
  private final Shells shells;
  private final Function<Job, Output> outputs;

  /**
   * Prepares to run commands.
   *
   * @param timeout how long each may take
   * @param outlets where what they write goes
   * @param lineBuffered whether as it comes, rather than when a command has ended
   * @param note a file that is there as long as commands may run, if the next run is to wait
   * @throws IOException if there is no place to keep it
   */
  Runner(
      Template template,
      Optional<Duration> timeout,
      Outlets outlets,
      boolean lineBuffered,
      Optional<Path> note)
      throws IOException {
    this.watchdog = new Watchdog(note);
    this.scratch = Scratch.create();
    this.shells = new Shells(scratch.folder(), watchdog);
    this.template = template;
    this.timeout = timeout;
    this.outputs =
        lineBuffered
            ? job -> new Relayed(outlets)
            : job -> new Kept(outlets, scratch.folder(), Long.toString(job.number()));
  }

  /**
   * Runs it once.
   *
   * @throws FailedException if it cannot be run, takes too long or does not exit with 0
   * @throws InterruptedException if interrupted: then it has been ended
   */
  Ending run(Job job) throws FailedException, InterruptedException {
    Output output = outputs.apply(job);
    OptionalInt status;
    try {
      status = run(command(job, output), output);
    } catch (IOException e) {
      throw failed(OptionalInt.empty(), "it cannot be started: " + reason(e), output, true);
    }
    if (status.isEmpty()) {
      String why = "it took longer than " + timeout.map(Runner::seconds).orElse("it may");
      throw failed(status, why, output, true);
    }
    if (status.getAsInt() != 0) {
      throw failed(status, "exit status " + status.getAsInt(), output, true);
    }
    return new Ending(status, Optional.empty(), output);
  }

  private List<String> command(Job job, Output output) throws FailedException {
    if (job.line().fault().isPresent()) {
      throw failed(OptionalInt.empty(), job.line().fault().get(), output, false);
    }
    try {
      return template.command(job);
    } catch (IllegalArgumentException e) {
      throw failed(OptionalInt.empty(), String.valueOf(e.getMessage()), output, false);
    }
  }

  private OptionalInt run(List<String> command, Output output)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectInput(NOTHING);
    output.prepare(builder);
    if (shells.canRun(builder)) {
      OptionalInt status = shells.run(builder, timeout);
      if (!Shells.notFound(builder, status)) {
        return status;
      }
      // The system says below why it cannot be run.
    }
    Process process = builder.start();
    watchdog.guard(process);
    output.begun(process);
    OptionalInt status = new Child(process).await(timeout);
    output.ended();
    return status;
  }

  private static String seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
  }

  /** What the system said, without what the JDK says around it. */
  private static String reason(IOException failure) {
    String said = Faults.reason(Faults.underneath(failure));
    Matcher matcher = SYSTEM_ERROR.matcher(said);
    return matcher.matches() ? matcher.group(1) : said;
  }

  /** Ends what commands were run with, and forgets what they have written. */
  @Override
  public void close() throws IOException {
    shells.close();
    watchdog.close();
    scratch.close();
  }

  private static FailedException failed(
      OptionalInt status, String why, Output output, boolean mayBeTriedAgain) {
    return new FailedException(new Ending(status, Optional.of(why), output), mayBeTriedAgain);
  }
}
