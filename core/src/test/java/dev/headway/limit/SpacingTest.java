package dev.headway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpacingTest {

  private static final long SECOND = 1_000_000_000;

  @Test
  void eachStartComesAtLeastOneIntervalTimesItsAmountAfterTheLast() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      long interval = 1 + random.nextLong(50);
      Spacing spacing = Spacing.of(Duration.ofNanos(interval));
      long now = random.nextInt(100);
      long next = Long.MIN_VALUE;
      for (int step = 0; step < 300; step++) {
        now += random.nextInt(2 * (int) interval);
        long amount = 1 + random.nextLong(4);
        assertThat(spacing.readyAt(now, amount))
            .as("seed %d, step %d", seed, step)
            .isEqualTo(Math.max(now, next));
        assertThat(spacing.available(now)).isEqualTo(next <= now ? 1 : 0);
        assertThat(spacing.idle(now)).isEqualTo(next <= now);
        if (random.nextBoolean()) {
          now = spacing.readyAt(now, amount);
          spacing.start(now, amount);
          next = now + amount * interval;
        }
      }
    }
  }

  @Test
  void onlyTheLastStartGivesBackSinceOthersStartedWhereEarlierOnesLeftOff() {
    Spacing spacing = Spacing.of(Duration.ofNanos(10));
    spacing.start(0, 10);
    spacing.settle(0, 3, 10, 4);
    assertThat(spacing.readyAt(3, 1)).isEqualTo(40);
    spacing.start(40, 1);
    spacing.settle(0, 41, 4, 1);
    assertThat(spacing.readyAt(41, 1)).isEqualTo(50);
    spacing.settle(0, 41, 1, 3);
    assertThat(spacing.readyAt(41, 1)).isEqualTo(70);
  }

  @Test
  void alignedStartsComeOnWholeMultiplesOfTheClock() {
    long clock = 123 * SECOND + 700_000_000;
    Spacing spacing = Spacing.of(Duration.ofSeconds(1)).aligned(clock);
    assertThat(spacing.readyAt(0, 1)).isEqualTo(300_000_000);
    spacing.start(300_000_000, 1);
    assertThat(spacing.readyAt(300_000_001, 1)).isEqualTo(1_300_000_000);
    assertThat(spacing.readyAt(1_305_000_000, 1)).isEqualTo(1_305_000_000);
    spacing.start(1_305_000_000, 3);
    assertThat(spacing.readyAt(1_306_000_000, 1)).isEqualTo(4_300_000_000L);
    assertThat(spacing.readyAt(4_320_000_000L, 1)).isEqualTo(5_300_000_000L);
  }

  @Test
  void anAlignedForecastIsNotLaterThanWhatHappensThoughTheFirstIsLate() {
    Spacing spacing = Spacing.of(Duration.ofSeconds(1)).aligned(0);
    long now = 5_005_000_000L;
    long forecast = spacing.forecast(now, 3, 1);
    for (int i = 0; i < 3; i++) {
      now = spacing.readyAt(now, 1);
      spacing.start(now, 1);
    }
    assertThat(spacing.readyAt(now, 1)).isEqualTo(8_000_000_000L).isEqualTo(forecast);
  }

  @Test
  void longIntervalsAndAmountsDoNotOverflow() {
    Spacing spacing = Spacing.of(Duration.ofDays(36_500)).aligned(Long.MAX_VALUE);
    long first = spacing.readyAt(0, 1);
    spacing.start(first, 1_000_000_000_000_000L);
    spacing.settle(first, first, 1, 1_000_000_000_000_000L);
    assertThat(spacing.readyAt(first + 1, 1)).isGreaterThan(Long.MAX_VALUE / 2);
    assertThat(spacing.forecast(first + 1, Long.MAX_VALUE, 1)).isGreaterThan(Long.MAX_VALUE / 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spacing.of(Duration.ZERO))
        .withMessageContaining("not 0 s");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spacing.of(Duration.ofSeconds(Long.MAX_VALUE)));
  }

  @Test
  void anHeirSpacesFromTheLastStartByItsOwnInterval() {
    Spacing former = Spacing.of(Duration.ofNanos(100));
    former.start(50, 2);
    Spacing heir = Spacing.of(Rate.parse("1/10ns"));
    assertThat(heir.inherit(former, 60)).isTrue();
    assertThat(heir.readyAt(60, 1)).isEqualTo(70);
  }
}
