package dev.headway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowsTest {

  @Test
  void theFullestWindowIsThatOfBruteForce() {
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      long[] instants = random.longs(random.nextInt(30), -50, 50).toArray();
      long period = 1 + random.nextLong(40);
      int most = 0;
      for (long from = -100; from < 100; from++) {
        int count = 0;
        for (long instant : instants) {
          count += from <= instant && instant < from + period ? 1 : 0;
        }
        most = Math.max(most, count);
      }
      assertThat(Windows.fullest(instants, Duration.ofNanos(period)))
          .as("seed %d", seed)
          .isEqualTo(most);
    }
  }

  @Test
  void anIntervalHoldsItsFirstInstantAndNotItsLast() {
    assertThat(Windows.fullest(new long[] {0, 10}, Duration.ofNanos(10))).isEqualTo(1);
    assertThat(Windows.fullest(new long[] {0, 9}, Duration.ofNanos(10))).isEqualTo(2);
    assertThat(Windows.fullest(new long[] {7, 7, 7}, Duration.ofNanos(1))).isEqualTo(3);
    assertThat(Windows.fullest(new long[] {}, Duration.ofNanos(1))).isZero();
  }

  @Test
  void leavesWhatItIsGivenAsItIs() {
    long[] instants = {3, 1, 2};
    Windows.fullest(instants, Duration.ofNanos(2));
    assertThat(instants).containsExactly(3, 1, 2);
  }

  @Test
  void instantsThatAreVeryFarApartDoNotOverflow() {
    long[] far = {Long.MIN_VALUE, Long.MAX_VALUE};
    assertThat(Windows.fullest(far, Duration.ofNanos(5))).isEqualTo(1);
    assertThat(Windows.fullest(far, Duration.ofNanos(Long.MAX_VALUE))).isEqualTo(1);
    assertThat(Windows.fullest(new long[] {0, 5}, Duration.ofDays(1_000_000))).isEqualTo(2);
  }

  @Test
  void takesInstantsOfTheDay() {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    List<Instant> instants = List.of(start, start.plusMillis(999), start.plusMillis(1_000));
    assertThat(Windows.fullest(instants, Duration.ofSeconds(1))).isEqualTo(2);
  }

  @Test
  void aWindowWithoutLengthIsAnErrorThatQuotesIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Windows.fullest(new long[] {1}, Duration.ZERO))
        .withMessageContaining("PT0S");
  }
}
