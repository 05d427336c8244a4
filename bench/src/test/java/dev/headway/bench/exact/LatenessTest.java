package dev.headway.bench.exact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.bench.exact.Grants.Grant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatenessTest {

  private static final long LONG_AGO = -1_000;

  @Test
  void aGrantCountedFromTheStartIsLateFromOnePeriodAfterTheOneWhosePlaceItTakes() {
    Grants grants = askedLongAgo(0, 10, 100, 117);

    assertThat(Lateness.ofWindowFromStart(grants, 2, 100).nanos())
        .endsWith(0, 7)
        .as("the first are late from when they asked")
        .startsWith(1_000, 1_010);
  }

  @Test
  void aGrantCountedFromTheEndIsLateFromOnePeriodAfterThePlaceWasGivenBack() {
    Grants grants =
        Grants.of(
            List.of(
                new Grant(0, 0, 50),
                new Grant(0, 1, 20),
                new Grant(0, 121, 130),
                new Grant(0, 155, 160)),
            1_000);

    assertThat(Lateness.ofWindowFromEnd(grants, 2, 100).nanos()).containsExactly(0, 1, 1, 5);
  }

  @Test
  void aSpacedGrantIsLateFromOneIntervalAfterTheLast() {
    assertThat(Lateness.ofSpacing(askedLongAgo(0, 10, 23, 33), 10).nanos()).endsWith(0, 3, 0);
  }

  @Test
  void nobodyIsLateBeforeItHasAsked() {
    Grants grants = Grants.of(List.of(new Grant(0, 0, 0), new Grant(150, 152, 152)), 1_000);

    assertThat(Lateness.ofWindowFromStart(grants, 1, 100).nanos()).containsExactly(0, 2);
    assertThat(Lateness.ofSpacing(grants, 100).nanos()).containsExactly(0, 2);
  }

  @Test
  void whatComesEarlyMakesUpForNobody() {
    long[] late = Lateness.ofWindowFromStart(askedLongAgo(0, 95, 199), 1, 100).nanos();

    assertThat(late).endsWith(0, 4);
  }

  @Test
  void aGrantThatDoesNotComeIsLateUntilTheEnd() {
    assertThat(Lateness.ofWindowFromStart(askedLongAgo(0, 110), 1, 100).overdue()).isEqualTo(790);
    assertThat(Lateness.ofWindowFromEnd(askedLongAgo(0, 110), 1, 100).longest()).isEqualTo(1_000);
    assertThat(Lateness.ofWindowFromStart(askedLongAgo(0, 950), 1, 100).overdue()).isZero();
    assertThat(Lateness.ofWindowFromStart(askedLongAgo(0), 2, 100).overdue()).isZero();
  }

  @Test
  void theMeanAndTheHighestPercentileAreOfAll() {
    Lateness lateness =
        Lateness.ofWindowFromStart(
            Grants.of(
                LongStream.rangeClosed(1, 200).mapToObj(at -> new Grant(0, at, at)).toList(),
                1_000),
            200,
            1_000);

    assertThat(lateness.mean()).isEqualTo(100.5);
    assertThat(lateness.percentile99()).isEqualTo(198);
    assertThat(lateness.longest()).isEqualTo(200);
  }

  @Test
  void nothingIsLateWhereNothingIsKnown() {
    assertThat(Lateness.UNKNOWN.mean()).isZero();
    assertThat(Lateness.UNKNOWN.percentile99()).isZero();
    assertThat(Lateness.UNKNOWN.longest()).isZero();
  }

  private static Grants askedLongAgo(long... granted) {
    return Grants.of(
        LongStream.of(granted).mapToObj(at -> new Grant(LONG_AGO, at, at)).toList(), 1_000);
  }
}
