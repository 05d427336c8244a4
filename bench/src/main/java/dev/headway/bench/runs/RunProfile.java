package dev.headway.bench.runs;

import dev.headway.bench.Profile;
import dev.headway.bench.peers.Runs;
import dev.headway.bench.report.Table;

/** Profiles a candidate. */
public final class RunProfile {

  private RunProfile() {}

  static Table table(Runs candidate, Scenario scenario) {
    return Profile.table(
        candidate.title() + ", " + scenario.title, RunProfile.class, candidate, scenario);
  }

  /** Arguments: candidate, scenario. */
  public static void main(String[] arguments) throws Exception {
    Runs candidate = Runs.valueOf(arguments[0]);
    Scenario scenario = Scenario.valueOf(arguments[1]);
    Profile.answer(
        RunsPart.WARM_UPS, () -> candidate.time(scenario.items, scenario.atOnce, scenario.work()));
  }
}
