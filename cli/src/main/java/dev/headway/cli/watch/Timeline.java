package dev.headway.cli.watch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongBinaryOperator;
import java.util.function.LongConsumer;

/**
 * Numbers over the time of a run, in buckets of one width. There are never more than {@link
 * #MOST_BUCKETS}: when they are full, each two become one, and the width doubles. So it takes the
 * same memory for a second as for a month. It is handed the time and is not safe for use by several
 * threads.
 */
final class Timeline {

  static final int MOST_BUCKETS = 600;

  private final long beganAt;
  private final List<Series> all = new ArrayList<>();
  private long widthNanos;
  private int last;

  /**
   * Begins.
   *
   * @param widthNanos of a bucket, to begin with
   */
  Timeline(long beganAt, long widthNanos) {
    this.beganAt = beganAt;
    this.widthNanos = widthNanos;
  }

  /** Numbers of one kind. They go where the time is, see {@link Timeline#goOn}. */
  final class Series {

    private final LongBinaryOperator merge;
    private final long[] values = new long[MOST_BUCKETS];

    private Series(LongBinaryOperator merge) {
      this.merge = merge;
    }

    void put(long value) {
      values[last] = merge.applyAsLong(values[last], value);
    }

    /** From the beginning until now, as a copy. */
    long[] values() {
      return Arrays.copyOf(values, last + 1);
    }

    private void halve() {
      for (int i = 0; i < MOST_BUCKETS / 2; i++) {
        values[i] = merge.applyAsLong(values[2 * i], values[2 * i + 1]);
      }
      Arrays.fill(values, MOST_BUCKETS / 2, MOST_BUCKETS, 0);
    }
  }

  /** A series of which a bucket holds the sum. */
  Series sums() {
    return series(Long::sum);
  }

  /** A series of which a bucket holds the largest. */
  Series largest() {
    return series(Math::max);
  }

  private Series series(LongBinaryOperator merge) {
    Series series = new Series(merge);
    all.add(series);
    return series;
  }

  /**
   * Goes on to an instant.
   *
   * @param begun is told when each bucket begins that is begun by it
   */
  void goOn(long now, LongConsumer begun) {
    while (now - beganAt >= (last + 1) * widthNanos) {
      last++;
      if (last == MOST_BUCKETS) {
        all.forEach(Series::halve);
        last = MOST_BUCKETS / 2;
        widthNanos *= 2;
      }
      begun.accept(beganAt + last * widthNanos);
    }
  }

  long widthNanos() {
    return widthNanos;
  }
}
