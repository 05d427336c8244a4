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
  void a_run_begins_as_the_earlier_one_did_and_goes_on_as_its_later_half() {
    long[] all = {90, 80, 70, 60, 50, 45, 40, 35, 30, 25, 7, 1, 5, 3, 9, 2, 8, 4, 6, 10};
    Latencies latencies = Latencies.like(all);
    for (long each : all) {
      assertThat(latencies.next()).isEqualTo(each);
    }
    Map<Long, Integer> times = new TreeMap<>();
    for (int taken = 1; taken <= 10_000; taken++) {
      times.merge(latencies.next(), 1, Integer::sum);
      if (taken >= 20) {
        double fair = taken / 10.0;
        assertThat(times).hasSize(10);
        assertThat(times.values()).allMatch(count -> Math.abs(count - fair) < 4);
      }
    }
  }
}
