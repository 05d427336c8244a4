package dev.headway.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LatenciesTest {

  @Test
  void one_is_always_the_same() {
    Latencies latencies = Latencies.of(Duration.ofMillis(300));

    assertThat(latencies.next()).isEqualTo(300_000_000);
    assertThat(latencies.next()).isEqualTo(300_000_000);
    assertThat(latencies.describe()).isEqualTo("300 ms each");
  }

  @Test
  void however_many_are_taken_each_of_those_that_were_comes_as_often_as_the_others() {
    Latencies latencies = Latencies.like(7, 1, 5, 3, 9, 2, 8, 4, 6, 10);
    Map<Long, Integer> times = new TreeMap<>();
    for (int taken = 1; taken <= 10_000; taken++) {
      times.merge(latencies.next(), 1, Integer::sum);
      if (taken >= 20) {
        double fair = taken / 10.0;
        assertThat(times).hasSize(10);
        assertThat(times.values()).allMatch(count -> Math.abs(count - fair) < 3);
      }
    }
  }
}
