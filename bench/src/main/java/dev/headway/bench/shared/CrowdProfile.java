package dev.headway.bench.shared;

import dev.headway.bench.Profile;
import dev.headway.bench.peers.SharedLimiters;
import dev.headway.bench.report.Table;

/** Profiles a crowd that calls our throttle. */
public final class CrowdProfile {

  private static final int WARM_UPS = 40;
  private static final int MILLIS = 100;

  private CrowdProfile() {}

  static Table table(String redis) {
    return Profile.table("a shared limit, callers: " + Crowd.SIZE, CrowdProfile.class, redis);
  }

  /** Argument: Redis. */
  public static void main(String[] arguments) throws Exception {
    new Crowd(SharedLimiters.HEADWAY.open(arguments[0], "bench-profile"), Crowd.Kind.VIRTUAL);
    Profile.answer(WARM_UPS, () -> Thread.sleep(MILLIS));
  }
}
