package dev.headway.cli.progress;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A plain line now and then, also while nothing ends. */
final class Lines implements Display.Face {

  private static final long FIRST_AFTER_MILLIS = 1_000;
  private static final long EVERY_MILLIS = 5_000;

  private final PrintStream messages;
  private final Thread thread = Thread.ofPlatform().daemon().name("headway-progress").unstarted(this::tell);
  private volatile @Nullable Score latest;

  Lines(PrintStream messages) {
    this.messages = messages;
    thread.start();
  }

  @Override
  public void show(Score score) {
    latest = score;
  }

  private void tell() {
    try {
      TimeUnit.MILLISECONDS.sleep(FIRST_AFTER_MILLIS);
      while (true) {
        Score score = latest;
        messages.println("headway: " + (score == null ? "nothing done yet" : score.line()));
        TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
