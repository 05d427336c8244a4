package dev.headway.cli.job;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A plain line with the score every few seconds, also while nothing ends. */
final class ProgressLines implements Display.Face {

  private static final long FIRST_AFTER_MILLIS = 1_000;
  private static final long EVERY_MILLIS = 5_000;

  private final PrintWriter messages;
  private final Thread thread;

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
        say("headway: " + scores.get().line());
        TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
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
