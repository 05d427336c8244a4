package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.Headway;
import dev.headway.Results;
import dev.headway.limit.Rate;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Without a concurrency, the throttle paces a run if it limits starts. */
class DefaultConcurrencyTest extends InVirtualTime {

  private Throttle with(UnaryOperator<ThrottleBuilder> limits) {
    return limits.apply(Throttle.builder().timeSource(time)).build();
  }

  @Test
  void sixtyTasksOfHalfASecondWithinAHundredASecondTakeHalfASecond() throws Exception {
    run(() -> Headway.with(throttle("100/s")).forEach(numbers(60), item -> sleep(0.5)));
    assertThat(seconds()).isBetween(0.5, 1.1);
  }

  @Test
  void sixtyTasksSpacedAHundredASecondTakeAboutOneSecond() throws Exception {
    run(() -> Headway.with(with(b -> b.spacing("100/s"))).forEach(numbers(60), item -> sleep(0.5)));
    assertThat(seconds()).isBetween(1.08, 1.1);
  }

  @Test
  void aThrottleThatLimitsStartsHasUpToAThousandInFlight() throws Exception {
    run(() -> {
      for (Throttle throttle :
          List.of(
              throttle("5000/s"),
              with(b -> b.tokenBucket("5000/s", 5_000)),
              with(b -> b.spacing("1000000/s")))) {
        Gauge gauge = new Gauge();
        outcomes(Headway.with(throttle).map(numbers(2_000), gauge.around(taking(10))));
        assertThat(gauge.most()).isEqualTo(1_000);
      }
    });
  }

  @Test
  void aConcurrencyLimitOfTheThrottleLowersIt() throws Exception {
    run(() -> {
      Throttle throttle = with(b -> b.rate("5000/s").concurrency(50));
      Gauge gauge = new Gauge();
      WatchedItems items = new WatchedItems(200);
      try (Results<Integer, Integer> results =
          Headway.with(throttle).map(items, gauge.around(taking(10)))) {
        sleep(1);
        assertThat(items.pulled).hasValue(50);
        assertThat(all(results)).hasSize(200);
      }
      assertThat(gauge.most()).isEqualTo(50);
    });
  }

  @Test
  void progressSaysThatTheDefaultHoldsTheRunBack() throws Exception {
    run(() -> {
      try (Results<Integer, Integer> held = Headway.with(free).map(numbers(500), taking(10));
          Results<Integer, Integer> chosen = free(4).map(numbers(500), taking(10));
          Results<Integer, Integer> paced =
              Headway.with(throttle("10/s")).map(numbers(500), taking(10))) {
        sleep(1);
        assertThat(held.progress().atDefaultConcurrency()).isTrue();
        assertThat(chosen.progress().atDefaultConcurrency()).isFalse();
        assertThat(paced.progress().atDefaultConcurrency()).isFalse();
        assertThat(all(held)).hasSize(500);
        assertThat(held.progress().atDefaultConcurrency()).isFalse();
      }
    });
  }

  @Test
  void aRateIsAThrottle() throws Exception {
    List<Integer> all = Headway.with(Rate.parse("1000/s")).invokeAll(List.of(() -> 1, () -> 2));
    assertThat(all).containsExactly(1, 2);
  }
}
