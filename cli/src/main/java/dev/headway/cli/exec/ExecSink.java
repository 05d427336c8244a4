package dev.headway.cli.exec;

import dev.headway.Outcome;
import dev.headway.cli.job.Sink;
import dev.headway.cli.text.Excerpt;
import dev.headway.cli.text.JsonLines;
import java.io.IOException;
import java.util.Optional;

/**
 * Writes the output of commands, and how they ended.
 *
 * @param log where their ends are written, if anywhere
 */
record ExecSink(Optional<JsonLines> log, Runner runner) implements Sink<ExecItem, Ending> {

  /** Larger ones are 128 and the number of a signal. */
  private static final int LARGEST_EXIT_STATUS = 128;

  private static final int LONGEST_SHOWN = 200;

  @Override
  public Optional<Summary> write(Outcome<ExecItem, Ending> outcome) throws IOException {
    Ending ending = ending(outcome);
    try (CommandOutput output = ending.output()) {
      output.write();
      if (log.isPresent()) {
        log.get().write(LogLine.of(outcome, ending));
      }
    }
    String shown = Excerpt.of(outcome.item().line().text(), LONGEST_SHOWN);
    return Optional.of(
        new Summary(
            shown,
            outcome.attempts(),
            ending.why(),
            ending
                .why()
                .map(why ->
                    outcome.item().line().because(why) + (shown.isEmpty() ? "" : ": " + shown))));
  }

  @Override
  public void end() throws IOException {
    runner.close();
  }

  /** A terminal's Ctrl-C goes to commands too, and ends them by a signal. */
  @Override
  public boolean isSuspect(Outcome<ExecItem, Ending> outcome) {
    return outcome instanceof Outcome.Failure<ExecItem, Ending>
        && ending(outcome).status().orElse(0) > LARGEST_EXIT_STATUS;
  }

  private static Ending ending(Outcome<ExecItem, Ending> outcome) {
    if (outcome instanceof Outcome.Success<ExecItem, Ending> success) {
      return success.value();
    }
    Throwable failure = ((Outcome.Failure<ExecItem, Ending>) outcome).exception();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof FailedException failed) {
        return failed.ending();
      }
    }
    throw new IllegalStateException("a command was lost", failure);
  }
}
