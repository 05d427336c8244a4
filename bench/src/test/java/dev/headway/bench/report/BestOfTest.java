package dev.headway.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BestOfTest {

  private static final double MOST = 1.4;

  private static Report measured(Guard guard, double value) {
    Report report = new Report("runs", "Runs");
    report.check(guard, value);
    return report;
  }

  private static BestOf trivial(double... values) {
    return attempts(Guard.RUNS_TRIVIAL, values);
  }

  private static BestOf attempts(Guard guard, double... values) {
    BestOf attempts = new BestOf(measured(guard, values[0]));
    for (int i = 1; i < values.length; i++) {
      assertThat(attempts.toRepeat()).isNotEmpty();
      attempts.add(measured(guard, values[i]));
    }
    return attempts;
  }

  private static boolean passes(BestOf attempts) {
    assertThat(attempts.toRepeat()).isEmpty();
    return attempts.report().checks().stream().allMatch(Guard.Check::passed);
  }

  @Test
  void whatKeepsItsGuardIsMeasuredOnce() {
    assertThat(passes(trivial(MOST))).isTrue();
  }

  @Test
  void whatMissesItsGuardIsMeasuredAgainAndPassesOnceItKeepsIt() {
    assertThat(trivial(1.81).toRepeat()).containsExactly(Guard.RUNS_TRIVIAL.what());
    assertThat(passes(trivial(1.81, 1.3))).isTrue();
    assertThat(passes(trivial(1.81, 1.9, 1.3))).isTrue();
  }

  @Test
  void whatMissesItsGuardThreeTimesFailsOnlyWhereTheBestMissesItClearly() {
    assertThat(passes(trivial(1.81, 1.6, 1.7))).isFalse();
    assertThat(passes(trivial(1.81, MOST * 1.09, 1.7))).isTrue();
    assertThat(passes(trivial(1.81, 1.7, MOST * 1.11))).isFalse();
  }

  @Test
  void aSlowerMeasurementDoesNotSpoilABetterOne() {
    BestOf attempts = new BestOf(measured(Guard.RUNS_TRIVIAL, 1));
    attempts.add(measured(Guard.RUNS_TRIVIAL, 9));

    assertThat(passes(attempts)).isTrue();
    assertThat(attempts.report().checks().getFirst().measured()).isEqualTo(1);
  }

  @Test
  void eachGuardHasABestOfItsOwn() {
    Report first = measured(Guard.RUNS_TRIVIAL, 9);
    first.check(Guard.RUNS_ORDERED, 1);
    Report second = measured(Guard.RUNS_TRIVIAL, 1);
    second.check(Guard.RUNS_ORDERED, 9);
    BestOf attempts = new BestOf(first);
    attempts.add(second);

    assertThat(passes(attempts)).isTrue();
  }

  @Test
  void whatCouldNotBeMeasuredIsMeasuredAgainAndFailsInTheEnd() {
    assertThat(passes(trivial(Double.NaN, 1))).isTrue();
    assertThat(passes(trivial(Double.NaN, Double.NaN, Double.NaN))).isFalse();
  }

  @Test
  void aRuleThatIsBrokenOnceFailsAtOnce() {
    assertThat(passes(attempts(Guard.FULLEST_FROM_END, 101))).isFalse();
    BestOf later = new BestOf(measured(Guard.FULLEST_FROM_END, 100));
    later.add(measured(Guard.FULLEST_FROM_END, 101));
    assertThat(passes(later)).isFalse();
  }

  @Test
  void aWindowThatIsFullerThanToleratedThreeTimesFailsHoweverLittle() {
    assertThat(passes(attempts(Guard.FULLEST, 100.3, 100.3, 100.3))).isFalse();
    assertThat(passes(attempts(Guard.FULLEST, 101, 100.1))).isTrue();
  }
}
