package dev.headway.bench.exact;

import dev.headway.bench.Profile;
import dev.headway.bench.report.Table;
import java.time.Duration;

/** Profiles many waiting callers that are granted at once. */
public final class BurstProfile {

  private static final int PER_SECOND = 10_000;
  private static final int CALLERS = 2_000;

  private BurstProfile() {}

  static Table table() {
    return Profile.table(PER_SECOND + "/s from the end, callers: " + CALLERS, BurstProfile.class);
  }

  /** No arguments. */
  public static void main(String[] arguments) throws Exception {
    Profile.answer(
        1, () -> Callers.ask(() -> Rule.FROM_END.at(PER_SECOND), CALLERS, Duration.ofSeconds(3)));
  }
}
