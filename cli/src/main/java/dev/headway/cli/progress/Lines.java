package dev.headway.cli.progress;

import java.util.concurrent.TimeUnit;

/** A plain line now and then, also while nothing ends. */
final class Lines implements Display.Face {

  private static final long FIRST_AFTER_MILLIS = 1_000;
  private static final long EVERY_MILLIS = 5_000;

  private final Runnable say;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("headway-progress").unstarted(this::tell);

  /** Says a line from time to time. */
  Lines(Runnable say) {
    this.say = say;
    thread.start();
  }

  private void tell() {
    try {
      TimeUnit.MILLISECONDS.sleep(FIRST_AFTER_MILLIS);
      while (true) {
        say.run();
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
