package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.testkit.Windows;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No half-open interval of a rate's period holds more than its permits, wherever it is laid. */
class WindowTest extends OnEveryStore {

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1/s", "3/s", "7/11ms", "40/m", "100/s", "13/9ns", "2/d"})
  void countedFromTheStartNoStretchHoldsMoreGrants(String text) throws Exception {
    Rate rate = Rate.parse(text);
    List<Long> grants = Collections.synchronizedList(new ArrayList<>());
    Scene.play(scene -> {
      Throttle throttle = scene.throttle(text);
      for (int i = 0; i < 30; i++) {
        Random random = new Random(i);
        scene.start(() -> {
          for (int j = 0; j < 20; j++) {
            scene.time.sleep(Duration.ofNanos(random.nextLong(2 * rate.period().toNanos())));
            try (Permit permit = throttle.acquire()) {
              grants.add(scene.now());
              scene.time.sleep(Duration.ofNanos(random.nextLong(10)));
            }
          }
        });
      }
    });
    assertThat(grants).hasSize(600);
    assertThat((long) Windows.fullest(longs(grants), rate.period()))
        .isLessThanOrEqualTo(rate.permits());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1/s", "3/s", "7/11ms", "40/m", "100/s", "13/9ns", "2/d"})
  void countedFromTheEndAllThatHappensWhileAPermitIsHeldIsLimited(String text) throws Exception {
    Rate rate = Rate.parse(text);
    List<Long> events = Collections.synchronizedList(new ArrayList<>());
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().rate(text, Counted.FROM_END).build();
      for (int i = 0; i < 30; i++) {
        Random random = new Random(i);
        scene.start(() -> {
          for (int j = 0; j < 20; j++) {
            try (Permit permit = throttle.acquire()) {
              long held = random.nextLong(rate.period().toNanos());
              scene.time.sleep(Duration.ofNanos(random.nextLong(held + 1)));
              events.add(scene.now());
              scene.time.sleep(Duration.ofNanos(random.nextLong(held + 1)));
            }
          }
        });
      }
    });
    assertThat(events).hasSize(600);
    assertThat((long) Windows.fullest(longs(events), rate.period()))
        .isLessThanOrEqualTo(rate.permits());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void severalWindowsHoldTogetherForWeightedWork(long seed) throws Exception {
    List<Long> units = Collections.synchronizedList(new ArrayList<>());
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("5/s", "20/7s", "50/m");
      for (int i = 0; i < 20; i++) {
        Random random = new Random(seed * 100 + i);
        scene.start(() -> {
          for (int j = 0; j < 10; j++) {
            int amount = 1 + random.nextInt(5);
            try (Permit permit = throttle.acquire(amount)) {
              units.addAll(Collections.nCopies(amount, scene.now()));
            }
          }
        });
      }
    });
    assertThat(Windows.fullest(longs(units), Duration.ofSeconds(1))).isLessThanOrEqualTo(5);
    assertThat(Windows.fullest(longs(units), Duration.ofSeconds(7))).isLessThanOrEqualTo(20);
    assertThat(Windows.fullest(longs(units), Duration.ofMinutes(1))).isLessThanOrEqualTo(50);
  }
}
