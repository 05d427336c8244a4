package dev.headway.cli.progress;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar with the rate, the time left and what has failed; it is wiped away at the end. */
final class Bar implements Display.Face {

  private static final int EVERY_MILLIS = 200;

  private final Screen drawn;
  private final ProgressBar bar;

  /** Begins to draw on a screen that is so wide. */
  Bar(PrintWriter screen, int width) {
    drawn = new Screen(screen, width);
    bar =
        new ProgressBarBuilder()
            .setTaskName("")
            .setInitialMax(-1)
            .setUpdateIntervalMillis(EVERY_MILLIS)
            .continuousUpdate()
            .setStyle(ProgressBarStyle.ASCII)
            .setConsumer(drawn)
            .showSpeed()
            .clearDisplayOnFinish()
            .build();
    bar.setExtraMessage(" 0 failed");
  }

  @Override
  public void show(Score score) {
    score.total().ifPresent(bar::maxHint);
    bar.setExtraMessage(" " + score.failed() + " failed" + score.waiting());
    bar.stepTo(score.finished());
  }

  @Override
  public void makeWay() {
    drawn.clear();
  }

  @Override
  public void close() {
    bar.close();
  }

  /**
   * One line of a terminal, drawn over again and again. The library's own screens would have jline
   * open the terminal, and that takes Ctrl-C for itself.
   */
  private static final class Screen implements ProgressBarConsumer {

    private static final int DRAWINGS_A_WIDTH = 25;

    private final PrintWriter screen;
    private int width;
    private int drawings;
    private int drawn;

    Screen(PrintWriter screen, int width) {
      this.screen = screen;
      this.width = width;
    }

    /** The last column is left free, where some terminals begin another line. */
    @Override
    public int getMaxRenderedLength() {
      if (++drawings % DRAWINGS_A_WIDTH == 0) {
        width = Terminal.width().orElse(width);
      }
      return width - 1;
    }

    @Override
    public void accept(String text) {
      int left = Math.min(drawn, width - 1) - text.length();
      screen.print("\r" + text + " ".repeat(Math.max(0, left)));
      screen.flush();
      drawn = text.length();
    }

    @Override
    public void clear() {
      accept("");
      screen.print('\r');
      screen.flush();
    }

    @Override
    public void close() {
      // The screen is not ours.
    }
  }
}
