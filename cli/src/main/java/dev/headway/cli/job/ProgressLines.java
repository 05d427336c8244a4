package dev.headway.cli.job;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A plain line with the score every few seconds, also while nothing ends; each minute while that is
 * because a server asks for a wait.
 */
final class ProgressLines implements Display.Face {

  private static final long FIRST_AFTER_MILLIS = 1_000;
  private static final long EVERY_MILLIS = 5_000;
  private static final int LINES_A_MINUTE = 12;

  private final PrintWriter messages;
  private final Thread thread;
  private long lastFinished = -1;
  private int silent;

  /** Begins to say how far the run has come. */
  ProgressLines(PrintWriter messages, Supplier<Score> scores) {
    this.messages = messages;
    this.thread =
        Thread.ofPlatform().daemon().name("headway-progress").start(() -> sayEach(scores));
  }

  private void sayEach(Supplier<Score> scores) {
    try {
      TimeUnit.MILLISECONDS.sleep(FIRST_AFTER_MILLIS);
      while (true) {
        Score score = scores.get();
        if (isDue(score)) {
          say("headway: " + score.line());
        }
        TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether a line is due, asked every few seconds. */
  boolean isDue(Score score) {
    boolean waits = score.serverWait().isPresent() && score.finished() == lastFinished;
    silent = waits && silent < LINES_A_MINUTE - 1 ? silent + 1 : 0;
    lastFinished = score.finished();
    return silent == 0;
  }

  @Override
  public void say(String line) {
    messages.println(line);
    messages.flush();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
