package dev.headway.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Rate;
import org.junit.jupiter.api.Test;

final class OutputLimitTest {

  private static final long SECOND = 1_000_000_000;
  private static final long MINUTE = 60 * SECOND;

  private final OutputLimit limit = new OutputLimit(Rate.parse("1000/m"));

  @Test
  void no_more_starts_than_is_expected_to_fit() {
    limit.start(0, 600);

    assertThat(limit.readyAt(SECOND, 300)).isEqualTo(SECOND);
    assertThat(limit.readyAt(SECOND, 401)).isEqualTo(MINUTE);
  }

  @Test
  void an_output_that_is_shorter_than_expected_makes_room() {
    limit.start(0, 600);
    limit.settle(0, SECOND, 600, 100);
    limit.end(0, SECOND, 100);

    assertThat(limit.readyAt(SECOND, 800)).isEqualTo(SECOND);
  }

  @Test
  void what_was_produced_counts_for_a_period_from_its_end() {
    limit.start(0, 900);
    limit.end(0, 20 * SECOND, 900);

    assertThat(limit.readyAt(MINUTE, 200)).isEqualTo(MINUTE + 20 * SECOND);
  }

  @Test
  void outputs_that_were_longer_than_expected_are_made_up_for_after_the_window_has_left_them() {
    limit.start(0, 1_000);
    limit.settle(0, SECOND, 1_000, 2_000);
    limit.end(0, SECOND, 2_000);

    assertThat(limit.readyAt(MINUTE + SECOND, 900)).isEqualTo(MINUTE + 54 * SECOND);
  }

  @Test
  void after_all_has_left_it_is_as_new() {
    assertThat(limit.idle(0)).isTrue();
    limit.start(0, 10);
    assertThat(limit.idle(2 * MINUTE)).isFalse();
    limit.end(0, SECOND, 10);
    assertThat(limit.idle(2 * MINUTE)).isTrue();
  }
}
