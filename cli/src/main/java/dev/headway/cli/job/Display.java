package dev.headway.cli.job;

import dev.headway.cli.model.Money;
import dev.headway.cli.model.Spending;
import dev.headway.cli.text.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Says on standard error how far a run has come: by a bar where that is a terminal, in a plain line
 * now and then where it is not, and in one line at the end. Counted by one thread.
 */
public final class Display implements AutoCloseable {

  /** How it is shown during the run. */
  interface Face extends AutoCloseable {
    /** Writes a line; what is drawn makes way for it. */
    void say(String line);

    @Override
    void close();
  }

  private final PrintWriter messages;
  private final boolean quiet;
  private final Face face;
  private final long beganAt = System.nanoTime();
  private volatile OptionalLong total = OptionalLong.empty();
  private boolean closed;
  private volatile Count count = new Count(0, 0, 0);

  /** The wait that a server has asked for, if one has. */
  private volatile @Nullable Pause pause;

  private record Pause(Instant begin, Instant end) {}

  /** What the run costs, if it does. */
  private volatile @Nullable Spending spending;

  /** What earlier runs had done. */
  private final AtomicLong succeededBefore = new AtomicLong();

  private final AtomicLong failedBefore = new AtomicLong();

  /** What has been counted, as of one instant. */
  private record Count(long succeeded, long failed, long again) {}

  private Display(PrintWriter messages, boolean quiet, boolean still) {
    this.messages = messages;
    this.quiet = quiet;
    this.face = still ? new Still(messages) : face();
  }

  private Face face() {
    return Terminal.width().isPresent()
        ? new ProgressBar(
            messages, () -> Terminal.width().orElse(Terminal.USUAL_WIDTH), this::score)
        : new ProgressLines(messages, this::score);
  }

  /** Shows nothing but what has to be said. */
  private record Still(PrintWriter messages) implements Face {
    @Override
    public void say(String line) {
      messages.println(line);
      messages.flush();
    }

    @Override
    public void close() {
      // Nothing is drawn.
    }
  }

  /**
   * Begins to show progress.
   *
   * @param messages where to: standard error, in words or drawn
   * @param quiet whether to say nothing after all
   * @param besideOutput whether the work writes to the terminal itself: a bar would be in its way
   * @param what what is being done, and within which limits
   */
  public static Display begin(
      PrintWriter messages, boolean quiet, boolean besideOutput, String what) {
    if (!quiet) {
      messages.println("headway: " + what);
      messages.flush();
    }
    return new Display(messages, quiet, quiet || (besideOutput && Terminal.isOutput()));
  }

  /** Prints what must be known, such as an error, even with --quiet. */
  public void complain(String text) {
    face.say("headway: " + text);
  }

  /** Says how much there is to do. */
  public void total(long all) {
    total = OptionalLong.of(all);
  }

  /** Counts what there is to do. */
  public interface Counting {
    /**
     * How much that is.
     *
     * @throws IOException if it cannot be known
     */
    long count() throws IOException;
  }

  /** Finds out how much there is to do, beside the work itself. */
  public void totalOf(Counting counting) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            total(counting.count());
          } catch (IOException | UncheckedIOException e) {
            remark("the time left cannot be told: " + e.getMessage());
          }
        });
  }

  /** Counts a piece of work that an earlier run has done. */
  public void countEarlier(boolean well) {
    (well ? succeededBefore : failedBefore).incrementAndGet();
  }

  /** Says something, unless it is to be quiet. */
  public void remark(String text) {
    if (!quiet) {
      complain(text);
    }
  }

  /** How much there is to do, if that is known. */
  public OptionalLong total() {
    return total;
  }

  /** Counts a piece of work that has ended, after so many attempts. */
  public void count(boolean well, int attempts) {
    Count before = count;
    count =
        new Count(
            before.succeeded() + (well ? 1 : 0),
            before.failed() + (well ? 0 : 1),
            before.again() + Math.max(0, attempts - 1));
  }

  /** Nothing can start before an instant, because a server asks for that. */
  public void waitsUntil(Instant end) {
    Instant now = Instant.now();
    Pause before = pause;
    if (before == null || !before.end().isAfter(now)) {
      pause = new Pause(now, end);
    } else if (before.end().isBefore(end)) {
      pause = new Pause(before.begin(), end);
    }
  }

  /** How much has ended in this run. */
  public long finished() {
    return count.succeeded() + count.failed();
  }

  /** How much has failed in this run. */
  public long failedNow() {
    return count.failed();
  }

  /** How much has failed, in earlier runs too. */
  public long failed() {
    return count.failed() + failedBefore.get();
  }

  /** Says how it ended. */
  public void end(boolean interrupted) {
    close();
    if (!quiet) {
      messages.println("headway: " + (interrupted ? "interrupted: " : "") + score().summary());
    }
  }

  /** The run costs money. */
  public void shows(Spending sum) {
    spending = sum;
  }

  /** What the run costs, if that is known. */
  public Optional<Money> money() {
    Spending sum = spending;
    if (sum == null) {
      return Optional.empty();
    }
    long done = finished() + succeededBefore.get() + failedBefore.get();
    OptionalLong all = total;
    return Optional.of(
        sum.money(
            all.isPresent()
                ? OptionalLong.of(Math.max(0, all.getAsLong() - done))
                : OptionalLong.empty()));
  }

  private Score score() {
    Duration elapsed = Duration.ofNanos(System.nanoTime() - beganAt);
    Count now = count;
    long well = succeededBefore.get();
    long badly = failedBefore.get();
    Pause waits = pause;
    Instant instant = Instant.now();
    Optional<Score.Wait> wait =
        waits == null || !waits.end().isAfter(instant)
            ? Optional.empty()
            : Optional.of(
                new Score.Wait(
                    waits.end(),
                    Duration.between(waits.begin(), instant),
                    Duration.between(instant, waits.end())));
    return new Score(
        total,
        well + badly,
        well + now.succeeded(),
        badly + now.failed(),
        now.again(),
        elapsed,
        wait,
        money());
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      face.close();
    }
  }
}
