package dev.headway.cli;

import dev.headway.Headway;
import dev.headway.InputException;
import dev.headway.Inputs;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Task;
import dev.headway.cli.progress.Display;
import dev.headway.cli.resume.ResultFile;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A command's run from its input to its end: writes what becomes of each piece of work, shows
 * progress, heeds Ctrl-C and says how it ended.
 *
 * @param <T> pieces of work
 * @param <R> what becomes of them
 */
public final class Session<T, R> {

  /** The exit status of a run that was stopped early and can be resumed. */
  public static final int STOPPED = 75;

  private static final int SOME_FAILED = 1;

  /** How long after what runs the signal of a Ctrl-C reaches headway. */
  private static final Duration MOMENT = Duration.ofMillis(100);

  private static final String GO_ON = "the same command with --resume goes on from here";

  private final Display display;
  private final Watch watch;
  private final ResultFile file;
  private final String noun;
  private final AtomicReference<@Nullable String> stopped = new AtomicReference<>();
  private volatile @Nullable Results<T, R> running;

  /** Where what becomes of work is written. */
  public interface Sink<T, R> {
    /**
     * Writes it.
     *
     * @return what is to be known of it; empty if somebody else is to write it, so nothing was
     * @throws IOException if it cannot be written
     */
    Optional<Told> write(Outcome<T, R> outcome) throws IOException;

    /**
     * Tidies up: all work has ended.
     *
     * @throws IOException if that cannot be done
     */
    default void end() throws IOException {}

    /** Whether it may have ended because it was interrupted itself. */
    default boolean isSuspect(Outcome<T, R> outcome) {
      return false;
    }
  }

  /**
   * What is to be known of a piece of work.
   *
   * @param what it was, in words that may be shown
   * @param attempts how often it was tried
   * @param why it failed, if it did, in words that may be shown
   * @param complaint what the user is to hear of it at once
   */
  public record Told(String what, int attempts, Optional<String> why, Optional<String> complaint) {}

  /**
   * A run that begins now.
   *
   * @param watch who else is to know of it
   * @param file where results go
   * @param noun what is written of each piece of work, such as result
   */
  public Session(Display display, Watch watch, ResultFile file, String noun) {
    this.display = display;
    this.watch = watch;
    this.file = file;
    this.noun = noun;
    if (file.earlierResults() > 0 || file.wasTorn()) {
      display.remark(
          "going on after "
              + counted(file.earlierResults())
              + (file.wasTorn() ? "; another was cut off, and is made again" : ""));
    }
  }

  /** Ends the run early, so that it can be resumed: nothing new starts, and waits end. */
  public void stop(String why) {
    if (stopped.compareAndSet(null, why)) {
      // By a thread of its own, since what runs may have found out.
      Thread.ofVirtual().start(this::closeRunning);
    }
  }

  private void closeRunning() {
    Results<T, R> results = running;
    if (results != null && stopped.get() != null) {
      results.close();
    }
  }

  /**
   * Runs it to its end.
   *
   * @return the exit status
   * @throws IOException if something cannot be written, or, once what was under way is written, if
   *     the input cannot be read on
   */
  public int run(Headway run, Iterator<T> items, Task<T, R> task, Sink<T, R> sink)
      throws IOException {
    try (Results<T, R> results = run.map(Inputs.of(items), task);
        Interrupt interrupt = Interrupt.stops(results)) {
      running = results;
      closeRunning();
      write(results, sink, interrupt);
      // All has ended before the interrupt lets the JVM end.
      results.close();
      sink.end();
      boolean interrupted = interrupt.hasCome();
      display.end(interrupted || stopped.get() != null);
      watch.end(interrupted || stopped.get() != null);
      if (interrupted) {
        // The JVM may end as soon as the interrupt is closed.
        file.compact();
        sayHowToGoOn();
        return Interrupt.STATUS;
      }
      if (stopped.get() != null) {
        display.complain("stopped: " + stopped.get());
        sayHowToGoOn();
        return STOPPED;
      }
      file.complete();
      return display.failed() > 0 ? SOME_FAILED : 0;
    }
  }

  private void sayHowToGoOn() {
    if (file.canBeContinued()) {
      display.remark(GO_ON);
    }
  }

  private void write(Results<T, R> results, Sink<T, R> sink, Interrupt interrupt)
      throws IOException {
    try {
      writeAll(results, sink, interrupt);
    } catch (InputException e) {
      writeAll(results, sink, interrupt);
      display.end(false);
      throw new IOException(
          "cannot read on in the input: " + Faults.reason(Faults.underneath(e)), e);
    }
  }

  private void writeAll(Results<T, R> results, Sink<T, R> sink, Interrupt interrupt)
      throws IOException {
    for (Outcome<T, R> outcome : results.outcomes()) {
      if (!isCutShort(outcome, sink, interrupt)) {
        write(outcome, sink).ifPresent(this::tell);
      }
    }
  }

  private void tell(Told told) {
    told.complaint().ifPresent(display::complain);
    display.count(told.why().isEmpty(), told.attempts());
    watch.ended(told.what(), told.attempts(), told.why());
  }

  /** What an interruption or a stop has ended is not finished. */
  private boolean isCutShort(Outcome<T, R> outcome, Sink<T, R> sink, Interrupt interrupt) {
    boolean stops =
        outcome instanceof Outcome.Failure<T, R> failure
            && failure.exception().getCause() instanceof StopException;
    return stops
        || Interrupt.ended(outcome)
        || (sink.isSuspect(outcome) && interrupt.comes(MOMENT));
  }

  private Optional<Told> write(Outcome<T, R> outcome, Sink<T, R> sink) throws IOException {
    try {
      Optional<Told> told = sink.write(outcome);
      file.check();
      return told;
    } catch (IOException e) {
      throw new IOException(
          "stopped after "
              + counted(display.finished())
              + ": no more can be written ("
              + Faults.reason(e)
              + ")"
              + (file.canBeContinued() ? "; " + GO_ON : ""),
          e);
    }
  }

  private String counted(long count) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
