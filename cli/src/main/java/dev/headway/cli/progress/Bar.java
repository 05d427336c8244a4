package dev.headway.cli.progress;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar with the rate, what has failed and the time left. */
final class Bar implements Display.Face {

  private static final int UPDATE_MILLIS = 200;

  private final ProgressBar bar;

  Bar(PrintStream messages) {
    bar =
        new ProgressBarBuilder()
            .setTaskName("headway")
            .setInitialMax(-1)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .setStyle(ProgressBarStyle.ASCII)
            .setConsumer(new ConsoleProgressBarConsumer(messages))
            .showSpeed()
            .build();
  }

  @Override
  public void show(Score score) {
    score.total().ifPresent(bar::maxHint);
    bar.setExtraMessage(score.failed() + " failed");
    bar.stepTo(score.finished());
  }

  @Override
  public void close() {
    bar.close();
  }
}
