package dev.headway.cli.progress;

import java.io.PrintStream;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Says on standard error how far a run has come: by a bar where that is a terminal, in a plain line
 * now and then where it is not, and in one line at the end. Counted by one thread.
 */
public final class Display implements AutoCloseable {

  /** How it is shown while the run goes on. */
  interface Face extends AutoCloseable {
    void show(Score score);

    @Override
    void close();
  }

  private final PrintStream messages;
  private final boolean quiet;
  private final Face face;
  private final long beganAt = System.nanoTime();
  private volatile OptionalLong total = OptionalLong.empty();
  private long succeeded;
  private long failed;
  private long again;

  private Display(PrintStream messages, boolean quiet, Face face) {
    this.messages = messages;
    this.quiet = quiet;
    this.face = face;
  }

  /**
   * Begins to show progress.
   *
   * @param messages where to, such as {@link System#err}
   * @param quiet whether to say nothing after all
   * @param what what is being done, and within which limits
   */
  public static Display begin(PrintStream messages, boolean quiet, String what) {
    if (quiet) {
      return new Display(messages, true, new Nothing());
    }
    messages.println("headway: " + what);
    return new Display(
        messages,
        false,
        Terminal.isStandardError() ? new Bar(messages) : new Lines(messages));
  }

  /** Says how much there is to do, once that is known. By any thread. */
  public void total(long all) {
    total = OptionalLong.of(all);
  }

  /** Says why it cannot be known how much there is to do. By any thread. */
  public void totalUnknown(Exception why) {
    if (!quiet) {
      messages.println("headway: the time left cannot be told: " + why.getMessage());
    }
  }

  /** Counts a piece of work that has ended, after so many attempts. */
  public void count(boolean well, int attempts) {
    if (well) {
      succeeded++;
    } else {
      failed++;
    }
    again += Math.max(0, attempts - 1);
    face.show(score());
  }

  /** How much has failed. */
  public long failed() {
    return failed;
  }

  /** Says how it ended. */
  public void end(boolean interrupted) {
    face.close();
    if (!quiet) {
      messages.println("headway: " + (interrupted ? "interrupted: " : "") + score().summary());
    }
  }

  private Score score() {
    Duration elapsed = Duration.ofNanos(System.nanoTime() - beganAt);
    return new Score(total, succeeded, failed, again, elapsed);
  }

  @Override
  public void close() {
    face.close();
  }

  /** Shows nothing. */
  private static final class Nothing implements Face {
    @Override
    public void show(Score score) {
      // That is what is asked for.
    }

    @Override
    public void close() {
      // There is nothing to take down.
    }
  }
}
