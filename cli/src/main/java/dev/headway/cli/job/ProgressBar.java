package dev.headway.cli.job;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * A bar and the score on the last line of a terminal, drawn twice a second and wiped away at the
 * end.
 *
 * <p>When the window becomes narrower, the terminal breaks a line that is there into several. The
 * width is asked for before each drawing, and all lines that the last drawing has become are wiped
 * away.
 */
final class ProgressBar implements Display.Face {

  private static final long EVERY_MILLIS = 500;

  private final PrintWriter screen;
  private final IntSupplier widths;
  private final Supplier<Score> scores;
  private final ReentrantLock lock = new ReentrantLock();
  private final Thread thread;
  private int width;
  private int drawn;
  private boolean closed;

  /** Begins to draw on a screen, which may become wider or narrower. */
  ProgressBar(PrintWriter screen, IntSupplier widths, Supplier<Score> scores) {
    this.screen = screen;
    this.widths = widths;
    this.width = widths.getAsInt();
    this.scores = scores;
    this.thread = Thread.ofPlatform().daemon().name("headway-progress").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        // Without the lock, since a program is asked.
        draw(widths.getAsInt());
        TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void draw(int newWidth) {
    lock.lock();
    try {
      if (!closed) {
        width = newWidth;
        // The last column is left free, where some terminals begin another line.
        String text = scores.get().bar(width - 1);
        int above = above();
        clear(above);
        screen.print(text + (above > 0 ? "" : " ".repeat(Math.max(0, drawn - text.length()))));
        screen.flush();
        drawn = text.length();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many lines the terminal has made of the last drawing besides the one with its end. */
  private int above() {
    return drawn == 0 ? 0 : (drawn - 1) / width;
  }

  /** Goes to the begin of the drawing; what is broken into several lines is wiped away. */
  private void clear(int above) {
    screen.print(above > 0 ? "\u001B[" + above + "A\r\u001B[J" : "\r");
  }

  private void wipe() {
    int above = above();
    clear(above);
    if (above == 0) {
      screen.print(" ".repeat(drawn) + "\r");
    }
    drawn = 0;
  }

  @Override
  public void say(String line) {
    lock.lock();
    try {
      if (drawn > 0) {
        wipe();
      }
      screen.println(line);
      screen.flush();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      wipe();
      screen.flush();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
  }
}
