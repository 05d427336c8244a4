package dev.headway.bench.shared;

import dev.headway.bench.Forked;
import dev.headway.bench.peers.Limiter;
import dev.headway.bench.peers.SharedLimiters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.DoubleStream;

/**
 * Times the calls of one caller, in a JVM of its own. The candidates alternate every few calls, so
 * that a slow phase of the machine affects both.
 */
public final class LatencyProbe {

  private static final List<SharedLimiters> CANDIDATES =
      List.of(SharedLimiters.SCRIPT, SharedLimiters.HEADWAY);

  /** Warm-up turns, at the same pace. */
  private static final int FIRST_TURNS = 2;

  private static final int IN_A_TURN = 50;

  private LatencyProbe() {}

  /** The durations of one candidate's calls, in nanoseconds. */
  record Calls(double median, double mean, double p99) {

    private static Calls of(long[] nanos) {
      long[] sorted = nanos.clone();
      Arrays.sort(sorted);
      return new Calls(
          sorted[sorted.length / 2],
          Arrays.stream(sorted).average().orElseThrow(),
          sorted[sorted.length * 99 / 100]);
    }
  }

  /**
   * The duration of a call of each candidate, with a pause after each.
   *
   * @param warmUp for how many milliseconds a crowd calls each of them first
   */
  static Map<SharedLimiters, Calls> time(String redis, Duration pause, int warmUp, int turns) {
    double[] answer =
        Forked.run(LatencyProbe.class, List.of("-Xmx1g"), redis, pause.toNanos(), warmUp, turns);
    Map<SharedLimiters, Calls> times = new EnumMap<>(SharedLimiters.class);
    for (int i = 0; i < CANDIDATES.size(); i++) {
      times.put(CANDIDATES.get(i), new Calls(answer[3 * i], answer[3 * i + 1], answer[3 * i + 2]));
    }
    return times;
  }

  /** Arguments: Redis, nanoseconds of a pause, milliseconds to warm up, turns that count. */
  public static void main(String[] arguments) throws InterruptedException {
    List<Limiter> limiters = new ArrayList<>();
    for (SharedLimiters candidate : CANDIDATES) {
      Limiter limiter = candidate.open(arguments[0], "bench-" + UUID.randomUUID());
      Crowd crowd = new Crowd(limiter, Crowd.Kind.VIRTUAL);
      Thread.sleep(Integer.parseInt(arguments[2]));
      crowd.end();
      limiters.add(limiter);
    }
    Duration pause = Duration.ofNanos(Long.parseLong(arguments[1]));
    long[][] nanos = new long[limiters.size()][Integer.parseInt(arguments[3]) * IN_A_TURN];
    Thread.ofVirtual().start(() -> takeTurns(limiters, pause, nanos)).join();
    Forked.answer(
        Arrays.stream(nanos)
            .map(Calls::of)
            .flatMapToDouble(calls -> DoubleStream.of(calls.median(), calls.mean(), calls.p99()))
            .toArray());
  }

  private static void takeTurns(List<Limiter> limiters, Duration pause, long[][] nanos) {
    try {
      for (int at = -FIRST_TURNS * IN_A_TURN; at < nanos[0].length; at += IN_A_TURN) {
        for (int i = 0; i < limiters.size(); i++) {
          for (int j = 0; j < IN_A_TURN; j++) {
            long took = call(limiters.get(i));
            if (at >= 0) {
              nanos[i][at + j] = took;
            }
            if (!pause.isZero()) {
              Thread.sleep(pause);
            }
          }
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("the caller must not be interrupted", e);
    }
  }

  private static long call(Limiter limiter) throws InterruptedException {
    long from = System.nanoTime();
    limiter.acquire().close();
    return System.nanoTime() - from;
  }
}
