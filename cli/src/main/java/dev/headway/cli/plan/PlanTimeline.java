package dev.headway.cli.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many requests of a simulated run start when, and what they wait for, in steps of time that
 * grow with the run, so that there are never many.
 */
final class PlanTimeline implements CycleListener {

  /** What is waited for when all have started. */
  static final String LAST_ANSWERS = "the last answers";

  private static final int MOST_STEPS = 480;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  /** Lengths of steps; each is a multiple of the one before. */
  private static final long[] LENGTHS = {
    MILLI,
    5 * MILLI,
    10 * MILLI,
    50 * MILLI,
    100 * MILLI,
    500 * MILLI,
    SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    10 * DAY,
    100 * DAY,
    1_000 * DAY
  };

  /** Lengths that people count in. */
  private static final long[] USUAL = {
    MILLI,
    2 * MILLI,
    5 * MILLI,
    10 * MILLI,
    20 * MILLI,
    50 * MILLI,
    100 * MILLI,
    200 * MILLI,
    500 * MILLI,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    20 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    20 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    5 * DAY,
    10 * DAY,
    20 * DAY,
    50 * DAY,
    100 * DAY,
    200 * DAY,
    500 * DAY,
    1_000 * DAY,
    10_000 * DAY
  };

  private int length;
  private List<Step> steps = new ArrayList<>();
  private long lastStart;
  private long lastEnd;

  /** What happens in a step of time. */
  static final class Step {
    private long starts;
    private final Map<String, Long> held = new HashMap<>();

    long starts() {
      return starts;
    }

    /** What is waited for most of the time; empty if nothing is. */
    String waitsFor() {
      return held.entrySet().stream()
          .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
          .map(Map.Entry::getKey)
          .orElse("");
    }

    private void add(Step other) {
      starts += other.starts;
      other.held.forEach((limit, nanos) -> held.merge(limit, nanos, Long::sum));
    }
  }

  /**
   * Some steps of one length.
   *
   * @param nanos the length of each
   */
  record Steps(long nanos, List<Step> all) {}

  @Override
  public void started(Demand demand, long atNanos, long heldNanos, String heldBy) {
    hold(lastStart, atNanos, heldBy);
    at(atNanos).starts++;
    lastStart = atNanos;
  }

  @Override
  public void ended(Demand demand, long atNanos, long tookNanos) {
    lastEnd = atNanos;
  }

  @Override
  public void repeated(Cycle cycle, long tookNanos, long times) {
    long from = lastStart;
    long all = times * cycle.nanos();
    at(from + all);
    for (int i = (int) (from / LENGTHS[length]); i < steps.size(); i++) {
      Step step = steps.get(i);
      long begin = Math.max(0, i * LENGTHS[length] - from);
      long end = Math.min(all + 1, (i + 1) * LENGTHS[length] - from);
      step.starts += cycle.startsBefore(end, times) - cycle.startsBefore(begin, times);
      for (String limit : cycle.limits()) {
        long nanos = cycle.heldBefore(limit, Math.min(all, end)) - cycle.heldBefore(limit, begin);
        if (nanos > 0) {
          step.held.merge(limit, nanos, Long::sum);
        }
      }
    }
    lastStart = from + all;
  }

  private void hold(long from, long to, String by) {
    long begin = from;
    while (begin < to) {
      Step step = at(begin);
      long end = Math.min(to, (begin / LENGTHS[length] + 1) * LENGTHS[length]);
      step.held.merge(by, end - begin, Long::sum);
      begin = end;
    }
  }

  private Step at(long nanos) {
    while (nanos / LENGTHS[length] >= MOST_STEPS) {
      steps = joined(Math.toIntExact(LENGTHS[length + 1] / LENGTHS[length]));
      length++;
    }
    int index = (int) (nanos / LENGTHS[length]);
    while (steps.size() <= index) {
      steps.add(new Step());
    }
    return steps.get(index);
  }

  private List<Step> joined(int factor) {
    List<Step> joined = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      if (i % factor == 0) {
        joined.add(new Step());
      }
      joined.getLast().add(steps.get(i));
    }
    return joined;
  }

  /**
   * The whole run, when it has ended, in at most so many steps of a length that people count in.
   */
  Steps steps(int most) {
    hold(lastStart, lastEnd, LAST_ANSWERS);
    lastStart = lastEnd;
    for (long usual : USUAL) {
      int factor = Math.toIntExact(usual / LENGTHS[length]);
      boolean fits = factor > 0 && usual % LENGTHS[length] == 0;
      if (fits && Math.ceilDiv(steps.size(), factor) <= most) {
        return new Steps(usual, joined(factor));
      }
    }
    throw new IllegalArgumentException("there must be room for more than " + most + " steps");
  }
}
