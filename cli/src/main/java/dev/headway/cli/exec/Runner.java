package dev.headway.cli.exec;

import dev.headway.cli.option.ExecOutputOptions;
import dev.headway.cli.option.ExecRetryOptions;
import dev.headway.cli.text.FileErrors;
import dev.headway.throttle.ThrottledException;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the command for a line. */
final class Runner implements AutoCloseable {

  private static final Redirect NOTHING = Redirect.from(new File("/dev/null"));

  /** As in {@code error=2, No such file}, or {@code error: 2 (No such file)}. */
  private static final Pattern SYSTEM_ERROR = Pattern.compile(".*error[=:] ?\\d+[, (]+([^)]*).*");

  private final Template template;
  private final Optional<Duration> timeout;
  private final Watchdog watchdog;
  private final TempFolder folder;
  private final Outlets outlets;
  private final boolean lineBuffered;
  private final boolean tag;
  private final SlowDown slowDown;

  /**
   * Prepares to run commands.
   *
   * @param note a file that is there as long as commands may run, if the next run is to wait
   * @throws IOException if there is no place to keep output
   */
  Runner(
      Template template,
      ExecRetryOptions retries,
      ExecOutputOptions output,
      Outlets outlets,
      Optional<Path> note)
      throws IOException {
    this.watchdog = new Watchdog(note);
    this.folder = TempFolder.create();
    this.template = template;
    this.timeout = retries.timeout();
    this.outlets = outlets;
    this.lineBuffered = output.lineBuffered();
    this.tag = output.tag();
    this.slowDown = new SlowDown(retries.slowDownOn());
  }

  /**
   * Runs it once.
   *
   * @throws FailedException if it cannot be run, takes too long or does not exit with 0
   * @throws ThrottledException if it asks to slow down
   * @throws InterruptedException if interrupted: then it has been ended
   */
  Ending run(ExecItem item) throws FailedException, InterruptedException {
    CommandOutput output = output(item);
    OptionalInt status;
    try {
      status = run(command(item, output), output);
    } catch (IOException e) {
      throw failed(OptionalInt.empty(), "it cannot be started: " + reason(e), output, true);
    }
    if (status.isEmpty()) {
      String why = "it took longer than " + timeout.map(Runner::seconds).orElse("it may");
      throw failed(status, why, output, true);
    }
    if (status.getAsInt() != 0) {
      FailedException failed = failed(status, "exit status " + status.getAsInt(), output, true);
      throw slowDown.asked(status.getAsInt(), failed);
    }
    slowDown.succeeded();
    return new Ending(status, Optional.empty(), output);
  }

  private CommandOutput output(ExecItem item) {
    byte[] begin = tag ? (item.line().text() + "\t").getBytes(StandardCharsets.UTF_8) : new byte[0];
    return lineBuffered
        ? new StreamedOutput(outlets, begin)
        : new BufferedOutput(outlets, folder.folder(), Long.toString(item.number()), begin);
  }

  private List<String> command(ExecItem item, CommandOutput output) throws FailedException {
    if (item.line().fault().isPresent()) {
      throw failed(OptionalInt.empty(), item.line().fault().get(), output, false);
    }
    try {
      return template.command(item);
    } catch (IllegalArgumentException e) {
      throw failed(OptionalInt.empty(), String.valueOf(e.getMessage()), output, false);
    }
  }

  private OptionalInt run(List<String> command, CommandOutput output)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectInput(NOTHING);
    output.prepare(builder);
    Process process = watchdog.start(builder);
    try {
      output.begun(process);
      OptionalInt status = new Child(process).await(timeout);
      output.ended();
      return status;
    } finally {
      watchdog.release(process);
    }
  }

  private static String seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
  }

  /** The system's message, without the JDK's words around it. */
  private static String reason(IOException failure) {
    String said = FileErrors.reason(FileErrors.underneath(failure));
    Matcher matcher = SYSTEM_ERROR.matcher(said);
    return matcher.matches() ? matcher.group(1) : said;
  }

  /** Ends the watchdog and deletes the output that is left. */
  @Override
  public void close() throws IOException {
    watchdog.close();
    folder.close();
  }

  private static FailedException failed(
      OptionalInt status, String why, CommandOutput output, boolean mayBeTriedAgain) {
    return new FailedException(new Ending(status, Optional.of(why), output), mayBeTriedAgain);
  }
}
