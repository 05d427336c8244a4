package dev.headway.bench.exact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.bench.exact.Grants.Grant;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ExactnessTest {

  private static final long MILLI = 1_000_000;

  @Test
  void aBurstOverTheEdgeOfTwoSecondsFillsTheWindowTwice() {
    Exactness exactness = atTwoASecond(999 * MILLI, 999 * MILLI, 1_000 * MILLI, 1_001 * MILLI);

    assertThat(exactness.fullest()).isEqualTo(200);
    assertThat(exactness.share()).isEqualTo(100);
  }

  @Test
  void whatIsOnePeriodApartIsInNoWindowTogether() {
    assertThat(atTwoASecond(0, 1, 1_000 * MILLI, 1_000 * MILLI + 1).fullest()).isEqualTo(100);
  }

  @Test
  void theSmallestGapIsAPartOfTheInterval() {
    assertThat(atTwoASecond(0, 500 * MILLI, 750 * MILLI).smallestGap()).isEqualTo(50);
  }

  @Test
  void grantsAfterTheEndDoNotCount() {
    assertThat(atTwoASecond(0, 2_000 * MILLI).share()).isEqualTo(25);
  }

  @Test
  void theLatenessIsAPartOfThePeriod() {
    List<Grant> askedAtOnce = List.of(new Grant(0, 0, 0), new Grant(0, 1_002 * MILLI, 0));
    Grants grants = Grants.of(askedAtOnce, 2_000 * MILLI);

    Exactness exactness =
        Exactness.of(
            new Callers.Seen(grants, 0, 0),
            1,
            Duration.ofSeconds(2),
            Lateness.ofSpacing(grants, 1_000 * MILLI));

    assertThat(exactness.meanPercent()).as("one at once, one 2 ms late").isEqualTo(0.1);
  }

  private static Exactness atTwoASecond(long... granted) {
    return Exactness.of(new Callers.Seen(grants(granted), 0, 0), 2, Duration.ofSeconds(2));
  }

  private static Grants grants(long... granted) {
    List<Grant> all = LongStream.of(granted).mapToObj(at -> new Grant(at, at, at)).toList();
    return Grants.of(all, 2_000 * MILLI);
  }
}
