package dev.headway.cli.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** How long things took, to a thousandth, from a tenth of a microsecond to years. */
final class DurationHistogram {

  private static final int DIGITS = 3;
  private static final double MICROS_IN_MILLI = 1e3;
  private static final long FIRST_BAR_MICROS = 100;
  private static final long[] STEPS = {1, 2, 5};

  private final Histogram micros = new Histogram(DIGITS);

  DurationHistogram() {
    micros.setAutoResize(true);
  }

  void add(long nanos) {
    micros.recordValue(TimeUnit.NANOSECONDS.toMicros(Math.max(0, nanos)));
  }

  Picture.Spread picture() {
    return new Picture.Spread(
        micros.getTotalCount(),
        percentile(50),
        percentile(90),
        percentile(99),
        micros.getMaxValue() / MICROS_IN_MILLI,
        bars());
  }

  private double percentile(double percent) {
    return micros.getTotalCount() == 0
        ? 0
        : Math.min(micros.getValueAtPercentile(percent), micros.getMaxValue()) / MICROS_IN_MILLI;
  }

  /** Up to 0.1 ms, 0.2, 0.5, 1 and so on, from the first that there are any of to the last. */
  private List<Picture.Bar> bars() {
    List<Picture.Bar> bars = new ArrayList<>();
    long upto = FIRST_BAR_MICROS;
    int step = 0;
    long count = 0;
    for (HistogramIterationValue value : micros.recordedValues()) {
      while (value.getValueIteratedTo() > micros.highestEquivalentValue(upto)) {
        add(bars, upto, count);
        count = 0;
        step = (step + 1) % STEPS.length;
        upto = step == 0 ? 2 * upto : upto * STEPS[step] / STEPS[step - 1];
      }
      count += value.getCountAddedInThisIterationStep();
    }
    add(bars, upto, count);
    return bars;
  }

  private static void add(List<Picture.Bar> bars, long upto, long count) {
    if (count > 0 || !bars.isEmpty()) {
      bars.add(new Picture.Bar(upto / MICROS_IN_MILLI, count));
    }
  }
}
