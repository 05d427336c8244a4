package dev.headway.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FullestWindowTest {

  @Test
  void is_empty_before_anything_arrives() {
    assertThat(new FullestWindow(100).fullest()).isZero();
  }

  @Test
  void two_arrivals_a_period_apart_share_no_window() {
    assertThat(fullestOf(100, List.of(5L, 105L))).isEqualTo(1);
    assertThat(fullestOf(100, List.of(5L, 104L))).isEqualTo(2);
  }

  @Test
  void remembers_the_fullest_when_later_ones_are_emptier() {
    assertThat(fullestOf(10, List.of(0L, 0L, 9L, 100L, 200L, 205L))).isEqualTo(3);
  }

  @Test
  void finds_what_counting_from_every_arrival_finds() {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      long period = 1L + random.nextInt(60);
      List<Long> arrivals = new ArrayList<>();
      long now = 0;
      for (int i = 0; i < 200; i++) {
        now += random.nextInt(12);
        arrivals.add(now);
      }

      assertThat(fullestOf(period, arrivals)).isEqualTo(naiveFullestOf(period, arrivals));
    }
  }

  private static long fullestOf(long period, List<Long> arrivals) {
    FullestWindow window = new FullestWindow(period);
    arrivals.forEach(window::add);
    return window.fullest();
  }

  private static long naiveFullestOf(long period, List<Long> arrivals) {
    return arrivals.stream()
        .mapToLong(
            start -> arrivals.stream().filter(at -> at >= start && at < start + period).count())
        .max()
        .orElse(0);
  }
}
