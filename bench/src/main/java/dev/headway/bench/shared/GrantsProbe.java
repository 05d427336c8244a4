package dev.headway.bench.shared;

import dev.headway.bench.Forked;
import dev.headway.bench.peers.SharedLimiters;
import java.util.List;
import java.util.UUID;

/** Counts the grants of a crowd of callers of one key, in a JVM of its own. */
public final class GrantsProbe {

  private GrantsProbe() {}

  /** Grants per second, of each measured slice of time. */
  static double[] aSecond(
      SharedLimiters candidate, String redis, Crowd.Kind kind, int warmUp, int slice, int slices) {
    return Forked.run(
        GrantsProbe.class, List.of("-Xmx1g"), candidate, redis, kind, warmUp, slice, slices);
  }

  /**
   * Arguments: candidate, Redis, kind of callers, milliseconds to warm up and of a slice, slices.
   */
  public static void main(String[] arguments) throws InterruptedException {
    SharedLimiters candidate = SharedLimiters.valueOf(arguments[0]);
    Crowd crowd =
        new Crowd(
            candidate.open(arguments[1], "bench-" + UUID.randomUUID()),
            Crowd.Kind.valueOf(arguments[2]));
    Thread.sleep(Integer.parseInt(arguments[3]));
    double[] aSecond = new double[Integer.parseInt(arguments[5])];
    for (int i = 0; i < aSecond.length; i++) {
      long before = crowd.granted();
      long from = System.nanoTime();
      Thread.sleep(Integer.parseInt(arguments[4]));
      aSecond[i] = (crowd.granted() - before) * 1e9 / (System.nanoTime() - from);
    }
    crowd.end();
    Forked.answer(aSecond);
  }
}
